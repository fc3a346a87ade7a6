"""``ivr orders``: carries out orders, sends requests and faxes, receives the network's events."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack

import structlog

from ivr.care.worker import run_rounds
from ivr.errors import Unusable
from ivr.network.listener import callback_url, listener_app, register
from ivr.processes import health
from ivr.processes.background import background, measure, stop_signal, tell_health
from ivr.settings import host_port
from ivr.supervision.systemd import Systemd
from ivr.telephony.ami import AmiLink
from ivr.telephony.management import Manager
from ivr.web.guard import Hosts
from ivr.web.server import HttpServer
from ivr.wiring import telephony
from ivr.wiring.container import Container, open_process, prepare_database

log = structlog.get_logger()

REGISTER_AGAIN, TRY_AGAIN = 300.0, 2.0
"""Seconds until the next registration for the network's events: after a success, after a failure.
"""


def run() -> None:
    """Carry out accepted orders until SIGINT or SIGTERM."""
    container = open_process("orders.log")
    prepare_database(container)
    stop = stop_signal()
    with ExitStack() as stack:
        _hear_events(container, stack)
        manager = _send_faxes(container, stack)
        tell_health("orders", health.of_orders(container, manager), stack)
        measure(container, stack)
        background(stack, "requests", container.requests.run)
        background(stack, "pruning", container.pruner.run)
        Systemd().ready()
        print("orders: carrying out accepted orders", file=sys.stderr)
        container.orders.run(stop)


def listener(container: Container) -> HttpServer:
    """Build the listener for the network's events; do not start it."""
    host, port = host_port(container.settings.network_listener_bind)
    app = listener_app(
        lambda external_id: container.orders.look(external_id, container.network),
        container.network.named,
    )
    hosts = Hosts.of(host, container.settings.network_callback)
    return HttpServer(app, host, port, "IVR_NETWORK_LISTENER_BIND", hosts=hosts)


def _hear_events(container: Container, stack: ExitStack) -> None:
    """Receive the network's events. Service activation (TMF640) has no order events."""
    if container.settings.network_api == "activation":
        return
    try:
        stack.enter_context(listener(container))
    except Unusable as error:  # another `ivr orders` has the port; polling works without events
        print(f"orders: the network's events are not received: {error}", file=sys.stderr)
        return
    background(stack, "events", lambda stop: _stay_registered(container, stop))


def _stay_registered(container: Container, stop: threading.Event) -> None:
    """Register for the network's events regularly: the network may lose the registration."""
    callback = container.settings.network_callback or callback_url(
        *host_port(container.settings.network_listener_bind)
    )
    wire = container.wire("network")
    was_taken: bool | None = None

    def ask() -> None:
        nonlocal was_taken
        is_taken = register(wire, callback)
        if is_taken is not was_taken:
            log.info("events of the network", registered=is_taken)
        was_taken = is_taken

    run_rounds("events", ask, stop, REGISTER_AGAIN, retry=TRY_AGAIN)
    wire.close()


def _send_faxes(container: Container, stack: ExitStack) -> AmiLink:
    """Start sending invoices by fax over a separate management link."""
    manager = telephony.manager(container, Manager.FAX)
    worker = telephony.fax_worker(container, manager)
    manager.start()
    stack.callback(manager.close)
    background(stack, "invoices", worker.run)
    return manager

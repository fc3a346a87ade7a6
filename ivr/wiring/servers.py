"""The servers that stand between the line and the network: the simulator, the events' listener.

Apart from ``wiring``, since the framework that serves them takes a quarter of a second to load,
which no other command should wait for.
"""

from __future__ import annotations

import sqlite3
import threading
from datetime import date

import structlog

from ivr.domain.payments import BillItem
from ivr.domain.subscriber import Status
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.network.listener import callback_url, listener_app, register
from ivr.settings import host_port
from ivr.simulators.network import Mood, NetworkSimulator, Outage
from ivr.simulators.network.app import simulator_app
from ivr.simulators.network.habit import Habit, Habits
from ivr.simulators.network.world import Books, World
from ivr.web.guard import Hosts
from ivr.web.protocol import Limits
from ivr.web.server import HttpServer
from ivr.wiring.container import House

log = structlog.get_logger()

SIMULATOR_LIMITS = Limits(connections=400)
"""Every worker keeps some connections to each part behind."""

REGISTER_AGAIN, TRY_AGAIN = 300.0, 2.0
"""Seconds until the network is asked again to tell us of events: after it did, and did not."""


def simulator(house: House) -> HttpServer:
    """The simulated network of the settings, not started. Unusable: its file is spoilt."""
    settings = house.settings
    refuses = frozenset(id.strip() for id in settings.network_refuses.split(";")) - {""}
    world = World(
        NetworkSimulator(settings.home / "network.sqlite"),
        _books(house),
        settings.secret("network_token"),
        Mood(
            latency=settings.network_latency,
            refuses=refuses,
            outage=Outage(settings.network_outage),
            completes_after=settings.network_completes_after,
            deliveries=settings.network_deliveries,
            habits=_habits(settings.network_moods),
        ),
    )
    try:
        world.state.orders("")
    except sqlite3.Error as error:
        raise Unusable(
            f"{world.state.file} cannot be used ({error}): remove it, the simulated network "
            "then forgets what it switched"
        ) from None
    host, port = host_port(settings.network_simulator_bind)
    return HttpServer(
        simulator_app(world),
        host,
        port,
        "IVR_NETWORK_SIMULATOR_BIND",
        hosts=Hosts.of(host),
        limits=SIMULATOR_LIMITS,
    )


def _habits(names: str) -> Habits:
    """The habits of IVR_NETWORK_MOODS. Unusable: one of them is none."""
    try:
        return frozenset(Habit(name.strip()) for name in names.split(";") if name.strip())
    except ValueError as error:
        raise Unusable(
            f"IVR_NETWORK_MOODS: {error}; the simulator knows {', '.join(Habit)}"
        ) from None


def is_simulated(house: House) -> bool:
    """Whether a simulator is to run: no network is set, and nothing is to be closed."""
    return not house.settings.network_url and house.settings.network_outage != "closed"


def listener(house: House) -> HttpServer:
    """The listener to the network's events, not started."""
    host, port = host_port(house.settings.network_listener_bind)
    app = listener_app(
        lambda external_id: house.orders.look(external_id, house.network), house.network.named
    )
    hosts = Hosts.of(host, house.settings.network_callback)
    return HttpServer(app, host, port, "IVR_NETWORK_LISTENER_BIND", hosts=hosts)


def stay_registered(house: House, stop: threading.Event) -> None:
    """Ask the network to tell us of events, again and again: it may have forgotten."""
    callback = house.settings.network_callback or callback_url(
        *host_port(house.settings.network_listener_bind)
    )
    wire = house.wire("network")
    pause = 0.0
    was_taken: bool | None = None
    while not stop.wait(pause):
        try:
            is_taken = register(wire, callback)
        except TemporarilyUnavailable:
            pause = TRY_AGAIN
            continue
        if is_taken is not was_taken:
            log.info("events of the network", registered=is_taken)
        was_taken, pause = is_taken, REGISTER_AGAIN
    wire.close()


def _books(house: House) -> Books:
    def status(number: Msisdn) -> Status | None:
        try:
            found = house.store.subscribers.find(number)
        except TemporarilyUnavailable:
            return None
        return found.status if found else None

    def items(number: Msisdn, month: date) -> tuple[BillItem, ...]:
        now = house.clock.local().date()
        months_ago = (now.year - month.year) * 12 + now.month - month.month
        try:
            return house.reckoning.reckoned(number, months_ago)
        except TemporarilyUnavailable:
            return ()

    return Books(house.catalogue, status, items)

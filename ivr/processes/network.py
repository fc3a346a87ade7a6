"""Simulators of the operator's network and of the message centre.

Only ``ivr up``, ``ivr network-simulator`` and ``ivr messages send`` without IVR_SMSC use them.
"""

from __future__ import annotations

import secrets
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from pydantic import SecretStr

from ivr.domain.payments import BillLine
from ivr.domain.subscriber import Status
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.processes.background import stop_signal
from ivr.settings import Settings, host_port
from ivr.simulators.network import NetworkSimulator, Outage, SimulatorBehaviour
from ivr.simulators.network.app import simulator_app
from ivr.simulators.network.data import SimulatorData, SimulatorState
from ivr.simulators.network.habit import Habit, Habits
from ivr.simulators.smsc import LOOPBACK, SmscBehaviour, SmscSimulator
from ivr.simulators.smsc_habits import Habit as ReceiptHabit
from ivr.web.guard import Hosts
from ivr.web.protocol import Limits
from ivr.web.server import HttpServer
from ivr.wiring.container import Container, open_process, prepare_database

SIMULATOR_LIMITS = Limits(connections=400)
"""Every worker keeps some connections to each part of the network."""


def run() -> None:
    """Serve the simulated network until SIGINT or SIGTERM."""
    container = open_process("network.log")
    if container.settings.network_outage == "closed":
        raise Unusable(
            "IVR_NETWORK_OUTAGE is 'closed', so nothing listens: set it to none to serve"
        )
    prepare_database(container)
    stop = stop_signal()
    with network(container):
        bind = container.settings.network_simulator_bind
        print(f"network simulator: answers on {bind}", file=sys.stderr)
        stop.wait()


def is_simulated(settings: Settings) -> bool:
    """Whether the network simulator must run: no network is set, and IVR_NETWORK_OUTAGE is not
    ``closed``."""
    return not settings.network_url and settings.network_outage != "closed"


def network(container: Container) -> HttpServer:
    """Build the network simulator; do not start it. Unusable: its file is damaged."""
    settings = container.settings
    refuses = frozenset(id.strip() for id in settings.network_refuses.split(";")) - {""}
    world = SimulatorState(
        NetworkSimulator(settings.home / "network.sqlite"),
        _books(container),
        settings.secret("network_token"),
        SimulatorBehaviour(
            latency=settings.network_latency,
            refuses=refuses,
            outage=Outage(settings.network_outage),
            completes_after=settings.network_completes_after,
            deliveries=settings.network_deliveries,
            habits=habits(settings.network_moods),
        ),
    )
    try:
        world.state.orders("")
    except sqlite3.Error as error:
        raise Unusable(
            f"{world.state.file} cannot be used ({error}): remove it; the simulated network"
            " then forgets what it switched"
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


def habits(names: str) -> Habits:
    """Parse IVR_NETWORK_MOODS. Unusable: it has an unknown habit."""
    try:
        return frozenset(Habit(name.strip()) for name in names.split(";") if name.strip())
    except ValueError as error:
        raise Unusable(
            f"IVR_NETWORK_MOODS: {error}; the simulator knows {', '.join(Habit)}"
        ) from None


class Simulators:
    """Simulators for the network and the message centre if no setting names real ones. They listen
    from the start and serve within ``with``."""

    def __init__(self, container: Container) -> None:
        """Open the ports. Unusable: a port is taken, or a file is damaged."""
        settings = container.settings
        self._network = network(container) if is_simulated(settings) else None
        self._centre = None if settings.smsc else message_centre(settings)
        if self._network is not None:
            self._network.listen()
        if self._centre is not None:
            self._centre.listen()

    @property
    def variables(self) -> Mapping[str, str]:
        """Settings for processes that send through the simulated message centre."""
        if self._centre is None:
            return {}
        return {"IVR_SMSC": address_of(self._centre), "IVR_SMSC_PASSWORD": self._centre.password}

    def __enter__(self) -> None:
        if self._network is not None:
            self._network.start()
        if self._centre is not None:
            self._centre.start()

    def __exit__(self, *_: object) -> None:
        if self._centre is not None:
            self._centre.close()
        if self._network is not None:
            self._network.stop()


@contextmanager
def simulated_centre(settings: Settings) -> Iterator[Settings]:
    """Run the simulated message centre; yield settings that send through it."""
    settings.home.mkdir(parents=True, exist_ok=True)
    centre = message_centre(settings)
    centre.start()
    try:
        update = {"smsc": address_of(centre), "smsc_password": SecretStr(centre.password)}
        yield settings.model_copy(update=update)
    finally:
        centre.close()


def address_of(centre: SmscSimulator) -> str:
    """Return the address of a listening simulator in the form of IVR_SMSC."""
    return f"smpp://{centre.system_id}@{LOOPBACK}:{centre.port}"


def message_centre(settings: Settings) -> SmscSimulator:
    """Build the simulated message centre; do not start it. Unusable names a wrong setting."""
    centre = SmscSimulator(
        settings.home / "smsc.sqlite",
        password=secrets.token_hex(4),  # SMPP allows eight letters
    )
    if settings.smsc_simulator_answer:
        centre.mood, centre.refusal = SmscBehaviour.REFUSES, int(settings.smsc_simulator_answer, 16)
    try:
        centre.habit = ReceiptHabit(settings.smsc_simulator_receipts or ReceiptHabit.PLAIN)
    except ValueError:
        raise Unusable(
            f"setting IVR_SMSC_SIMULATOR_RECEIPTS: '{settings.smsc_simulator_receipts}' is not"
            f" one of {', '.join(ReceiptHabit)}"
        ) from None
    return centre


def _books(container: Container) -> SimulatorData:
    def status(number: Msisdn) -> Status | None:
        try:
            found = container.store.subscribers.find(number)
        except TemporarilyUnavailable:
            return None
        return found.status if found else None

    def items(number: Msisdn, month: date) -> tuple[BillLine, ...]:
        now = container.clock.local().date()
        months_ago = (now.year - month.year) * 12 + now.month - month.month
        try:
            return container.reckoning.reckoned(number, months_ago)
        except TemporarilyUnavailable:
            return ()

    return SimulatorData(container.catalogue, status, items)

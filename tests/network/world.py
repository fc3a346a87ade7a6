"""A simulated operator that answers over real sockets, for tests of what speaks to it."""

from __future__ import annotations

import dataclasses
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ivr.domain.actor import caller
from ivr.domain.orders import Order, OrderState
from ivr.domain.payments import BillLine
from ivr.domain.services import Change
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.network.activation import ActivationNetwork
from ivr.network.billing import ZONE
from ivr.network.http_client import HttpClient
from ivr.network.tmforum import TmForumNetwork
from ivr.simulators.network import NetworkSimulator, SimulatorBehaviour
from ivr.simulators.network.app import simulator_app
from ivr.simulators.network.data import SimulatorData, SimulatorState
from ivr.testing.demo import shipped_catalogue
from ivr.web.server import HttpServer
from tests.e2e.installation import free_port

NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300891")
GPRS, MMS, FORWARDING = ServiceId("gprs"), ServiceId("mms"), ServiceId("forwarding")
ITEMS = (BillLine("tariff.duet", Money(1500)), BillLine("service.waiting", Money(10)))
TODAY = datetime.now(ZONE).date()
LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
QUICK = SimulatorBehaviour(latency=0.0)
TOKEN = "a token of the tests"
TLS = ssl.create_default_context()
"""Read once: it takes longer than most of what is asked."""


@dataclass
class Simulated:
    """A simulated operator, its server, and connections to it."""

    world: SimulatorState
    port: int
    server: HttpServer
    _wires: list[HttpClient] = field(default_factory=list)

    @property
    def state(self) -> NetworkSimulator:
        return self.world.state

    def wire(self, what: str = "network", token: str = TOKEN) -> HttpClient:
        """A connection of its own, with a breaker of its own."""
        self._wires.append(HttpClient(what, f"http://127.0.0.1:{self.port}", token, tls=TLS))
        return self._wires[-1]

    def network(self, patience: float = 5.0) -> TmForumNetwork:
        return TmForumNetwork(self.wire(), patience)

    def activation(self, patience: float = 5.0) -> ActivationNetwork:
        return ActivationNetwork(self.wire(), patience)

    def is_in(self, **mood: object) -> None:
        """Change its mood."""
        self.world.mood = SimulatorBehaviour.model_validate({**QUICK.model_dump(), **mood})

    def close(self) -> None:
        for wire in self._wires:
            wire.close()


@contextmanager
def simulated(folder: Path, token: str = TOKEN) -> Iterator[Simulated]:
    """A simulated operator that answers at once."""
    books = SimulatorData(shipped_catalogue(), items=items)
    world = SimulatorState(NetworkSimulator(folder / "network.sqlite"), books, token, QUICK)
    port = free_port()
    server = HttpServer(simulator_app(world), "127.0.0.1", port, "IVR_TEST")
    with ExitStack() as stack:
        stack.enter_context(server)
        made = Simulated(world, port, server)
        stack.callback(made.close)
        yield made


def items(number: Msisdn, _month: date) -> tuple[BillLine, ...]:
    return ITEMS if number == NUMBER else ()


def order(key: str = "c:1", *changes: Change, number: Msisdn = NUMBER, tries: int = 0) -> Order:
    """An order of these changes; of GPRS and MMS on if none is given."""
    return Order(
        id=key,
        external_id=key,
        actor=caller("c"),
        number=number,
        changes=changes or (Change(GPRS, True), Change(MMS, True)),
        once=Money(0),
        state=OrderState.ACKNOWLEDGED,
        ordered=datetime(2026, 11, 22, tzinfo=UTC),
        tries=tries,
    )


def again(first: Order) -> Order:
    """The same order, as one that was tried before."""
    return dataclasses.replace(first, tries=first.tries + 1)

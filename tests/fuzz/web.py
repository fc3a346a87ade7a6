"""What can be asked of the HTTP servers: the listener to the network's events, the simulator.

A new server is one entry of ``SURFACES``, with the paths that it has: it is asked in both depths.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ivr.domain.payments import BillLine
from ivr.domain.values import Money
from ivr.network.listener import listener_app
from ivr.network.models import activation, bill, offering, product, service_order, ticket
from ivr.simulators.network import NetworkSimulator, SimulatorBehaviour
from ivr.simulators.network.app import simulator_app
from ivr.simulators.network.data import SimulatorData, SimulatorState
from ivr.testing.demo import Operator, shipped_catalogue, subscriber
from ivr.web.figures import LineState, build_figures, line_figures
from ivr.web.health import HealthCheck, health_app
from tests.fuzz.asking import Asking, Headers, Request
from tests.fuzz.files import kept

QUICK = SimulatorBehaviour(latency=0.0)
TOKEN = "a token of the tests"
METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Surface:
    """An application and what it has: paths, and names of its queries."""

    app: Callable[[], Any]
    paths: tuple[str, ...]
    queries: tuple[str, ...] = ()
    afterwards: Callable[[], None] = lambda: None
    headers: Headers = ()


@cache
def _listener() -> Any:
    """With the order book behind it, as the line has it."""
    operator = Operator()
    operator.add(subscriber())

    def look(external_id: str) -> None:
        kept([external_id])  # no database takes a zero byte
        operator.orders.find(external_id)

    return listener_app(look)


@cache
def _world() -> SimulatorState:
    folder = tempfile.mkdtemp(prefix="ivr-fuzz-")
    atexit.register(shutil.rmtree, folder)
    books = SimulatorData(
        shipped_catalogue(), items=lambda _number, _month: (BillLine("a", Money(1)),)
    )
    return SimulatorState(NetworkSimulator(Path(folder) / "network.sqlite"), books, TOKEN, QUICK)


@cache
def _simulator() -> Any:
    return simulator_app(_world())


@cache
def _health() -> Any:
    """Of a line that lacks something that it can do without."""
    line = LineState(calls=lambda: 3, workers=lambda: {"serving": 1})
    return health_app(
        lambda: {
            "line": HealthCheck(True, "2 of 2 workers"),
            "network": HealthCheck(False, "away"),
        },
        [build_figures("0"), line_figures(line, lambda: 100, 100)],
    )


def _calm() -> None:
    """Whatever its mood was changed to, the next is asked of a quick one, which calls nobody."""
    world = _world()
    world.mood = QUICK
    for callback in world.registry.listeners():
        world.registry.unlisten(world.registry.listen(callback)[0])


SURFACES = {
    "health": Surface(_health, ("/health/live", "/health/ready", "/metrics"), ("name[]",)),
    "listener": Surface(_listener, ("/", f"{service_order.BASE}/listener/x")),
    "simulator": Surface(
        _simulator,
        (
            "/simulator",
            "/simulator/switched/99365123456",
            f"{service_order.BASE}/serviceOrder",
            f"{service_order.BASE}/serviceOrder/1",
            f"{service_order.BASE}/cancelServiceOrder",
            f"{service_order.BASE}/hub",
            f"{service_order.BASE}/hub/1",
            f"{activation.BASE}/service",
            f"{activation.BASE}/service/99365123456-mms",
            f"{activation.BASE}/monitor/1",
            f"{product.BASE}/product",
            f"{product.BASE}/product/99365123456",
            f"{offering.BASE}/productOffering",
            f"{offering.BASE}/productOfferingPrice/oba-monthly",
            f"{bill.BASE}/customerBill",
            f"{bill.BASE}/appliedCustomerBillingRate",
            f"{ticket.BASE}/troubleTicket",
        ),
        (
            "externalId",
            "relatedParty.id",
            "serviceSpecification.id",
            "serviceOrderItem.serviceOrderId",
            "productSerialNumber",
            "billingAccount.id",
            "bill.id",
            "offset",
            "limit",
        ),
        _calm,
        ((b"authorization", f"Bearer {TOKEN}".encode()),),
    ),
}


@cache
def asking() -> Asking:
    made = Asking()
    atexit.register(made.close)
    return made


def ask(name: str, request: Request) -> int:
    """The status of the answer; it is one that the server means."""
    surface = SURFACES[name]
    try:
        asked = replace(request, headers=(*request.headers, *surface.headers))
        status, body = asking().ask(surface.app(), asked)
    finally:
        surface.afterwards()
    assert status < 500, (status, body)
    return status


def of_bytes(name: str, data: bytes) -> None:
    """A request whose method, path and query the first bytes choose; the rest is its body."""
    surface = SURFACES[name]
    method, path, query, rest = data[:1], data[1:2], data[2:3], data[3:]
    asked, _, body = rest.partition(b"\n")
    names = surface.queries or ("",)
    ask(
        name,
        Request(
            METHODS[sum(method) % len(METHODS)],
            surface.paths[sum(path) % len(surface.paths)].encode(),
            names[sum(query) % len(names)].encode() + b"=" + asked,
            (body,),
        ),
    )


def health(data: bytes) -> None:
    of_bytes("health", data)


def listener(data: bytes) -> None:
    of_bytes("listener", data)
    ask("listener", Request("POST", b"/", body=(data,)))


def simulator(data: bytes) -> None:
    of_bytes("simulator", data)

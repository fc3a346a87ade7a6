"""An order that may be on its way is looked for, long enough, before it is sent again.

Real sockets: a gateway that gives up at once, a system behind that does it later, readers that are
behind. The clock is ours, so that minutes pass at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ivr.care.carrier import SEARCH
from ivr.care.orders import OrderWorker
from ivr.care.requests import RequestService, RequestWorker
from ivr.care.subscriptions import SubscriptionService
from ivr.domain.orders import Order, OrderState, Sent
from ivr.domain.services import Change, Offer, Reason, Receipt, Settled
from ivr.domain.values import Money, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.network.activation import ActivationNetwork
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.http_client import HttpClient
from ivr.network.tmforum import TmForumNetwork
from ivr.simulators.network.habit import Habit
from ivr.system.breaker import Breaker
from ivr.testing.acting import on_phone
from ivr.testing.clock import FixedClock
from ivr.testing.demo import Operator, subscriber
from ivr.testing.requests import MemoryRequests
from tests.network.gateway import RESET, SILENT, Fault, Gateway, gateway
from tests.network.world import NUMBER, TLS, TOKEN, Simulated

PACKAGE = ServiceId("sms-package")
WANTED = Change(PACKAGE, True, (("package", "m"),))
FAULTS: list[Fault] = [500, 501, 502, 503, 504, 520, 599, 408, RESET, SILENT]
SECONDS = SEARCH.total_seconds()
ACCEPTED, COMPLETED = Settled.ACCEPTED, OrderState.COMPLETED


@dataclass
class Line:
    """A line whose network is behind the gateway: one subscriber, who buys a package."""

    operator: Operator
    gateway: Gateway
    network: TmForumNetwork | ActivationNetwork

    def __post_init__(self) -> None:
        switching = self.operator.care.subscriptions
        assert isinstance(switching, SubscriptionService)
        self.switching = dataclasses.replace(switching, network=self.network, search=SEARCH)
        self.worker: OrderWorker = dataclasses.replace(
            self.operator.worker(), network=self.network, search=SEARCH
        )

    def buys(self) -> Receipt:
        offer = self.switching.offer(NUMBER, WANTED)
        assert isinstance(offer, Offer)
        return self.switching.order(*on_phone("call", 1), NUMBER, offer)

    @property
    def order(self) -> Order:
        (order,) = (each for each in self.operator.orders.orders.values() if not each.undoes)
        return order

    @property
    def bought(self) -> int:
        """How many times the network has really sold it."""
        return self.gateway.operator.state.times(NUMBER, PACKAGE)

    def works(self, seconds: float) -> None:
        """The worker goes round for so long; the gateway is never left alone for its faults."""
        for _ in range(int(seconds // 10)):
            self.operator.clock.sleep(10)
            self.network.wire.breaker = Breaker()
            self.worker.once()


@pytest.fixture(params=["orders", "activation"])
def line(request: pytest.FixtureRequest, operator: Simulated) -> Iterator[Line]:
    operator.is_in(habits=[Habit.DOUBLES])  # what comes twice is done twice
    with gateway(operator) as before:
        wire = HttpClient("network", f"http://127.0.0.1:{before.port}", TOKEN, tls=TLS)
        made = Operator()
        made.add(subscriber(NUMBER, services="sms gprs", balance=10_000))
        kind = TmForumNetwork if request.param == "orders" else ActivationNetwork
        yield Line(made, before, kind(wire, 2.0))
        wire.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_gateway_gives_up_and_the_system_does_later_is_sent_once(
    line: Line, fault: Fault
) -> None:
    line.gateway.fault, line.gateway.is_behind = fault, True
    assert line.buys().settled is ACCEPTED
    line.works(SECONDS / 2)
    line.gateway.fault = None
    line.gateway.deliver()
    line.works(SECONDS / 4)  # done, but those who read do not see it yet
    assert (line.order.settled, line.gateway.posts) == (None, ["call:1"])
    line.gateway.is_behind = False
    line.works(SECONDS)
    assert line.order.state is COMPLETED
    assert (line.bought, line.gateway.posts) == (1, ["call:1"])
    assert len(line.operator.subscribers.rows[NUMBER].packages) == 1


@pytest.mark.parametrize("fault", [503, 504, RESET])
def test_what_never_arrived_is_sent_again_after_it_was_looked_for(line: Line, fault: Fault) -> None:
    line.gateway.fault = fault
    assert line.buys().settled is ACCEPTED
    line.gateway.held.clear()
    line.gateway.fault = None
    line.works(SECONDS - 30)
    assert line.gateway.posts == ["call:1"], "it is looked for"
    line.works(2 * SECONDS)
    assert line.order.state is COMPLETED
    assert (line.bought, line.gateway.posts) == (1, ["call:1", "call:1"])


def test_the_time_of_looking_begins_with_the_first_look_that_is_answered(line: Line) -> None:
    """While everything is down nobody looks; what is in its queues is done when it is back."""
    line.gateway.fault = 504
    line.buys()
    port, line.network.wire.base = line.gateway.port, "http://127.0.0.1:1"
    line.works(4 * SECONDS)
    line.network.wire.base = f"http://127.0.0.1:{port}"
    line.gateway.fault = None
    line.works(SECONDS)
    assert line.gateway.posts == ["call:1"]
    line.gateway.deliver()
    line.works(2 * SECONDS)
    assert (line.order.state, line.bought, len(line.gateway.posts)) == (COMPLETED, 1, 1)


def test_what_never_left_is_sent_as_soon_as_it_can_be(line: Line) -> None:
    port, line.network.wire.base = line.gateway.port, "http://127.0.0.1:1"
    assert line.buys().settled is ACCEPTED
    assert line.order.sent is Sent.NOT
    line.network.wire.base = f"http://127.0.0.1:{port}"
    line.works(60)
    assert (line.order.state, line.bought) == (COMPLETED, 1)


@pytest.mark.parametrize("status", [429, 425])
def test_what_was_not_even_looked_at_is_sent_again(line: Line, status: int) -> None:
    line.gateway.fault = status
    assert line.buys().settled is ACCEPTED
    line.gateway.held.clear()
    line.gateway.fault = None
    line.works(60)
    assert (line.order.state, line.bought) == (COMPLETED, 1)


def test_409_is_no_refusal_where_readers_are_behind(line: Line) -> None:
    """A gateway has sent it twice: the second time it is there already."""
    line.gateway.fault, line.gateway.is_behind = 409, True
    assert line.buys().settled is ACCEPTED
    assert line.order.sent is Sent.CONFLICT
    line.gateway.deliver()
    line.works(SECONDS / 2)
    line.gateway.is_behind = False
    line.works(SECONDS)
    assert (line.order.state, line.bought, len(line.gateway.posts)) == (COMPLETED, 1, 1)


def test_409_is_a_refusal_once_it_was_looked_for(line: Line) -> None:
    line.gateway.fault = 409
    assert line.buys().settled is ACCEPTED
    line.works(3 * SECONDS)
    assert (line.order.state, line.order.reason) == (OrderState.REJECTED, Reason.NETWORK)
    assert (line.bought, line.gateway.posts) == (0, ["call:1"])
    assert line.operator.subscribers.rows[NUMBER].balance == Money(10_000)


@pytest.mark.parametrize("line", ["orders"], indirect=True)
def test_an_undone_order_is_not_told_as_withdrawn_while_it_may_turn_up(line: Line) -> None:
    """It would be done for nothing: its undo would be settled before it."""
    line.gateway.fault = 504
    line.buys()
    undone = line.switching.undo(*on_phone("call", 2), NUMBER, line.order.id)
    assert undone.settled is ACCEPTED
    line.gateway.fault = None
    line.works(SECONDS / 2)
    assert line.order.settled is None
    line.gateway.deliver()
    line.works(2 * SECONDS)
    assert line.order.state is COMPLETED
    assert line.operator.subscribers.rows[NUMBER].balance == Money(10_000), "paid, and paid back"
    assert line.operator.subscribers.rows[NUMBER].packages == ()
    assert not line.gateway.operator.state.switched(NUMBER)[PACKAGE]


@pytest.mark.parametrize("line", ["orders"], indirect=True)
def test_an_order_that_the_network_has_taken_is_never_sent_again(line: Line) -> None:
    line.gateway.operator.is_in(habits=[Habit.DOUBLES], completes_after=3600.0)
    assert line.buys().settled is ACCEPTED
    assert line.order.sent is Sent.KNOWN
    line.gateway.is_behind = True
    line.works(4 * SECONDS)
    assert line.gateway.posts == ["call:1"]


def test_two_who_send_the_same_order_send_it_once(line: Line) -> None:
    """A worker that was given up and another, or two machines: the order book decides."""
    line.gateway.fault = 504
    line.buys()
    line.gateway.held.clear()
    stale = dataclasses.replace(line.order, sent=Sent.NOT, sent_at=None, tries=0)
    carrier = line.worker.carrier
    with pytest.raises(TemporarilyUnavailable, match="another"):
        carrier._send(stale)
    assert line.gateway.posts == ["call:1"]


@pytest.mark.parametrize("fault", [504, RESET])
def test_a_request_to_people_is_left_once(operator: Simulated, fault: Fault) -> None:
    with gateway(operator) as before:
        wire = HttpClient("back office", f"http://127.0.0.1:{before.port}", TOKEN, tls=TLS)
        clock, repository = FixedClock(), MemoryRequests()
        desk = RequestService(repository, clock)
        desk.leave(*on_phone(), "split-account", [NUMBER], NUMBER, None)
        worker = RequestWorker(repository, TmForumBackOffice(wire), clock)
        before.fault, before.is_behind = fault, True
        for _ in range(6):
            worker.once()
            clock.sleep(30)
            wire.breaker = Breaker()
        before.fault = None
        before.deliver()
        worker.once()
        before.is_behind = False
        for _ in range(60):
            clock.sleep(30)
            worker.once()
        wire.close()
    assert repository.kept[0].ticket == "1"
    assert before.posts == ["call:1"]

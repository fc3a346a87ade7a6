"""Two workers on one database: what one has in hand the other leaves alone.

The network and the back office here know what they were sent by its key only after the round, as
one does that writes it behind its answer. So whoever sends a second time is not stopped by them.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.care.carrier import CLAIM
from ivr.care.ordercheck import Weighing
from ivr.care.orders import OrderWorker
from ivr.care.requests import RequestWorker
from ivr.domain.actor import caller
from ivr.domain.callbacks import Bound
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.requests import Request
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.store import Store
from ivr.testing.clock import FixedClock
from tests.contracts.order_book_contract import order
from tests.store.rows import fill, row

NUMBERS = tuple(Msisdn(f"9936512345{last}") for last in range(5))
AMPLE = Bound(FixedClock().now() - timedelta(days=1), 100, 100)


class Killed(BaseException):
    """The worker ends in the middle of a request."""


@dataclass
class Late:
    """Takes everything it is sent, and knows it by its key only ``later``."""

    meanwhile: Callable[[], object] = lambda: None
    """What the other worker does while this one waits for its answer."""
    loses: bool = False
    """The answer does not come back."""
    kills: bool = False
    sent: Counter[str] = field(default_factory=Counter)

    def take(self, key: str) -> None:
        self.sent[key] += 1
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if self.kills:
            raise Killed
        if self.loses:
            raise TemporarilyUnavailable("network", "no answer")

    def carry_out(self, order: Order) -> NetworkAnswer:
        self.take(order.external_id)
        return NetworkAnswer.DONE

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """A network that cannot cancel carries out."""
        return self.carry_out(order)

    def request(
        self,
        reference: str,
        kind: str,
        numbers: Sequence[Msisdn],
        text: str,
        *,
        send: bool = True,
    ) -> str:
        self.take(reference)
        return f"T-{reference}"


class Pair:
    """Two workers as two processes would be, and what behind them is sent."""

    def __init__(self, reopen: Callable[[], Store]) -> None:
        self.clock, self.behind = FixedClock(), Late()
        self.stores = [reopen(), reopen()]
        self.store = self.stores[0]

    @property
    def orders(self) -> list[OrderWorker]:
        return [
            OrderWorker(
                each.orders,
                self.behind,
                self.clock,
                each.subscribers,
                _no_release,
                each.outbox.find,
            )
            for each in self.stores
        ]

    @property
    def requests(self) -> list[RequestWorker]:
        return [RequestWorker(each.requests, self.behind, self.clock) for each in self.stores]

    def order(self, index: int, **changes: Any) -> Order:
        asked = order(f"c{index}:1", at=self.clock.now())
        asked = replace(asked, number=NUMBERS[index], **changes)
        self.store.orders.write(asked)
        return asked

    def leave(self, index: int) -> None:
        asked = Request(
            f"c{index}:1",
            "merge-accounts",
            NUMBERS,
            None,
            Language.RUSSIAN,
            self.clock.now(),
            actor=caller(f"c{index}"),
        )
        self.store.requests.write(asked, AMPLE, 3)


def _no_release() -> Weighing:
    raise TemporarilyUnavailable("release", "none is weighed here")


@pytest.fixture
def pair(reopen: Callable[[], Store]) -> Pair:
    made = Pair(reopen)
    fill(made.store, *(row(msisdn=number) for number in NUMBERS))
    return made


@pytest.mark.parametrize("loses", [False, True], ids=["answers", "loses its answers"])
def test_each_order_of_a_backlog_is_sent_once(pair: Pair, loses: bool) -> None:
    """The second worker has its whole round while the first one waits for its first answer."""
    for index in range(5):
        pair.order(index)
    pair.clock.sleep(11)
    first, second = pair.orders
    pair.behind.loses = loses
    pair.behind.meanwhile = second.once
    first.once()
    assert pair.behind.sent == {f"c{index}:1": 1 for index in range(5)}
    settled = 0 if loses else 5
    states = [each.state for each in pair.store.orders.newest(9)]
    assert states.count(OrderState.COMPLETED) == settled


@pytest.mark.parametrize("what", ["orders", "requests"])
def test_who_has_read_the_same_backlog_sends_none_of_it_twice(
    pair: Pair, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One goes through its list while the other waits for the answer to its first."""
    for index in range(5):
        pair.order(index) if what == "orders" else pair.leave(index)
    pair.clock.sleep(11)
    first, second = pair.orders if what == "orders" else pair.requests
    repository, name = (first.repository, "unsettled" if what == "orders" else "unsent")
    has_read, may_go_on = threading.Event(), threading.Event()
    read = getattr(type(repository), name)

    def read_slowly(self: object, *args: object) -> object:
        found = read(self, *args)
        if self is repository:
            has_read.set()
            may_go_on.wait()
        return found

    monkeypatch.setattr(type(repository), name, read_slowly)
    slow = threading.Thread(target=first.once)
    slow.start()
    has_read.wait()

    def go_on() -> None:
        may_go_on.set()
        slow.join()

    pair.behind.meanwhile = go_on
    second.once()
    assert pair.behind.sent == {f"c{index}:1": 1 for index in range(5)}


@pytest.mark.parametrize("loses", [False, True], ids=["answers", "loses its answers"])
def test_each_request_of_a_backlog_is_sent_once(pair: Pair, loses: bool) -> None:
    for index in range(5):
        pair.leave(index)
    pair.clock.sleep(11)
    first, second = pair.requests
    pair.behind.loses = loses
    pair.behind.meanwhile = second.once
    first.once()
    # Who has no answer ends the round: of each worker one request was lost.
    lost = {"c0:1": 1, "c1:1": 1}
    assert pair.behind.sent == (lost if loses else {f"c{index}:1": 1 for index in range(5)})


def test_an_order_and_its_undo_are_not_sent_by_two(pair: Pair) -> None:
    """Also where the network cannot cancel, and does what it is asked to cancel."""
    done = pair.order(0)
    pair.order(0, id="undo", external_id="c0:2", undoes=done.id)
    pair.clock.sleep(11)
    first, second = pair.orders
    pair.behind.meanwhile = second.once
    first.once()
    assert pair.behind.sent["c0:1"] == 1


@pytest.mark.parametrize("what", ["orders", "requests"])
def test_the_claim_of_a_worker_that_dies_runs_out(pair: Pair, what: str) -> None:
    first, second = pair.orders if what == "orders" else pair.requests
    pair.order(0) if what == "orders" else pair.leave(0)
    pair.clock.sleep(11)
    pair.behind.kills = True
    with pytest.raises(Killed):
        first.once()
    pair.behind.kills = False
    pair.clock.sleep(CLAIM.total_seconds() - 1)
    assert second.once() == 0
    pair.clock.sleep(1)
    assert second.once() == 1


def test_a_call_that_asks_again_leaves_the_order_to_the_worker_that_has_it(pair: Pair) -> None:
    """It hears that the order is accepted; nobody sends it a second time."""
    asked = pair.order(0)
    pair.clock.sleep(11)
    worker, _ = pair.orders
    refused: list[str] = []

    def call() -> None:
        fresh = pair.store.orders.get(asked.id)
        assert fresh is not None
        with pytest.raises(TemporarilyUnavailable) as told:
            worker.carrier.carry_out(fresh)
        refused.append(told.value.what)

    pair.behind.meanwhile = call
    worker.once()
    assert refused == ["network"]
    assert pair.behind.sent == {"c0:1": 1}

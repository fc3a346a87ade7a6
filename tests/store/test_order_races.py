"""Two calls at once about one number, on each database: neither gets what only one can have."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from ivr.care.ordercheck import Weighing
from ivr.care.orders import OrderWorker
from ivr.care.subscriptions import SubscriptionService
from ivr.domain.services import Change, Offer, Reason, Receipt, Settled
from ivr.domain.values import Money, ServiceId
from ivr.store import Store
from ivr.testing.acting import on_phone
from ivr.testing.clock import FixedClock
from ivr.testing.demo import FakeNetwork, shipped_catalogue
from ivr.testing.executors import InlineExecutor
from tests.store.rows import NUMBER, fill, row

INTERNET, FORWARDING = ServiceId("internet-package"), ServiceId("forwarding")


class Desk:
    """A subscriber in a real database, and calls about it."""

    def __init__(self, store: Store, balance: int, services: str = "sms gprs") -> None:
        on = frozenset(map(ServiceId, services.split()))
        fill(store, row(balance=Money(balance), services=on))
        self.store, self.network, self.clock = store, FakeNetwork(), FixedClock()
        self.switching = SubscriptionService(
            store.subscribers,
            store.orders,
            self.network,
            shipped_catalogue(),
            self.clock,
            InlineExecutor(),
        )

    def offer(self, wanted: Change) -> Offer:
        offer = self.switching.offer(NUMBER, wanted)
        assert isinstance(offer, Offer)
        return offer

    def order(self, call: str, offer: Offer) -> Receipt:
        return self.switching.order(*on_phone(call), NUMBER, offer)

    def at_once(self, acts: Sequence[Callable[[], Receipt]]) -> list[Receipt]:
        """What each call hears that acts in the same moment."""
        together = threading.Barrier(len(acts))

        def act(one: Callable[[], Receipt]) -> Receipt:
            together.wait()
            return one()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(act, acts))

    def finish(self) -> None:
        """What was accepted is carried out."""
        weighing = Weighing(shipped_catalogue(), self.clock)
        worker = OrderWorker(
            self.store.orders,
            self.network,
            self.clock,
            self.store.subscribers,
            lambda: weighing,
            self.store.outbox.find,
        )
        for _ in range(10):
            self.clock.sleep(400)
            worker.once()
        assert self.store.orders.waiting(NUMBER) == []

    @property
    def balance(self) -> int:
        found = self.store.subscribers.find(NUMBER)
        assert found is not None
        return found.balance.tenge

    @property
    def packages(self) -> int:
        found = self.store.subscribers.find(NUMBER)
        assert found is not None
        return len(found.packages)


def package(id: str) -> Change:
    return Change(INTERNET, True, (("package", id),))


@pytest.mark.parametrize("slow", [False, True])
def test_two_calls_cannot_buy_with_money_for_one(store: Store, slow: bool) -> None:
    desk = Desk(store, 6_000)
    desk.network.outage = slow
    offer = desk.offer(package("xl"))
    receipts = desk.at_once([partial(desk.order, call, offer) for call in "ab"])
    refused = [each for each in receipts if each.settled is Settled.REFUSED]
    assert [each.reason for each in refused] == [Reason.CHANGED]
    desk.network.outage = False
    desk.finish()
    assert (desk.balance, desk.packages) == (1_000, 1)


def test_five_calls_get_as_many_packages_as_may_be_had(store: Store) -> None:
    desk = Desk(store, 100_000)
    offer = desk.offer(package("m"))
    receipts = desk.at_once([partial(desk.order, call, offer) for call in "abcde"])
    assert sum(each.settled is Settled.REFUSED for each in receipts) == 2
    desk.finish()
    assert (desk.balance, desk.packages) == (97_000, 3)


def test_an_order_is_undone_once_by_two_keys_at_once(store: Store) -> None:
    desk = Desk(store, 6_000)
    bought = desk.order("call", desk.offer(package("xl")))
    receipts = desk.at_once(
        [
            partial(desk.switching.undo, *on_phone("call", step), NUMBER, bought.order)
            for step in (2, 3)
        ]
    )
    # One carries it out; the other is told that it is done, or that it is under way.
    assert Settled.DONE in {each.settled for each in receipts} <= {Settled.DONE, Settled.ACCEPTED}
    assert len({each.order for each in receipts}) == 1
    assert (desk.balance, desk.packages) == (6_000, 0)


def test_two_parts_of_forwarding_do_not_overwrite_each_other(store: Store) -> None:
    desk = Desk(store, 6_000)
    parts = [Change(FORWARDING, True, ((kind, "99312223344"),)) for kind in ("always", "busy")]
    offers = [desk.offer(each) for each in parts]
    receipts = desk.at_once(
        [partial(desk.order, call, offer) for call, offer in zip("ab", offers, strict=True)]
    )
    # The one waits for the other to be carried out, or comes after it.
    refused = [at for at, each in enumerate(receipts) if each.settled is Settled.REFUSED]
    assert {receipts[at].reason for at in refused} <= {Reason.CHANGED}
    desk.finish()
    for at in refused:
        assert desk.order("c", desk.offer(parts[at])).settled is Settled.DONE
    assert [name for name, _ in desk.switching.value(NUMBER, FORWARDING)] == ["always", "busy"]

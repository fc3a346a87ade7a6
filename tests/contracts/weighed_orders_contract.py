"""Orders that are weighed, held, stopped and undone: what every OrderBook does with them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from ivr.domain.orders import Order, OrderState, Situation, Weighed, unweighed
from ivr.domain.services import Change, Reason, Refusal
from ivr.domain.values import Money, ServiceId
from ivr.testing.acting import on_phone
from tests.contracts.order_book_contract import DONE, LATER, NOW, order, row
from tests.contracts.records import NUMBER, Records, subscriber
from tests.contracts.settled_orders_contract import BOUGHT, FORWARDING, HOME, PACKAGE, WORK

TOMORROW = NOW + timedelta(days=1)
ANY: frozenset[str] = frozenset()


def held(key: str = "c1:1") -> Order:
    """Forwarding, which takes effect tomorrow."""
    asked = order(key, Change(FORWARDING, True, HOME), once=0)
    return dataclasses.replace(asked, state=OrderState.HELD, due=TOMORROW)


def undo_of(done: Order, key: str = "c1:9") -> Order:
    opposite = tuple(change.opposite for change in reversed(done.changes))
    return dataclasses.replace(
        order(key, *opposite, once=-done.once.tenge), undoes=done.id, ordered=LATER
    )


def bought(records: Records, left: int | None = None) -> Order:
    """A package of 3 manat that was bought, of which so much is left."""
    asked = order("c1:1", Change(PACKAGE, True, BOUGHT))
    records.orders.write(asked)
    records.orders.settle(asked.id, DONE, NOW)
    if left is not None:
        records.use(asked, left)
    return asked


class WeighedOrdersContract:
    """Derive, and give a fixture ``records``."""

    def test_what_is_refused_is_not_written(self, records: Records) -> None:
        records.add(subscriber())
        refusal = Refusal(Reason.CHANGED)
        assert records.orders.write(order(), lambda _situation: refusal) == refusal
        assert records.orders.find("c1:1") is None

    def test_an_order_is_weighed_with_all_that_stands_against_it(self, records: Records) -> None:
        records.add(subscriber())
        first, second = order("c1:1"), held("c1:2")
        records.orders.write(first)
        records.orders.write(second)
        seen: list[Situation] = []

        def look(situation: Situation) -> Weighed:
            seen.append(situation)
            assert situation.changed(ServiceId("mms"), ANY) is None
            return Weighed()

        asked = undo_of(first)
        records.orders.write(asked, look)
        (situation,) = seen
        assert situation.subscriber == row(records)
        assert situation.proof == records.subscribers.proof(NUMBER)
        assert (situation.open, situation.held) == ((first,), (second,))
        assert (situation.undone, situation.undos) == (first, ())
        again = records.orders.situation(NUMBER, undo_of(first, "c1:10"))
        assert again.undos == (asked,)
        assert set(again.open) == {first, asked}
        assert records.orders.situation(NUMBER, first).undos == ()
        assert records.orders.undoing(first.id) == asked

    def test_what_is_held_does_not_wait_whenever_it_is_due(self, records: Records) -> None:
        records.orders.write(dataclasses.replace(held(), due=None))
        assert list(records.orders.waiting(NUMBER)) == []
        assert list(records.orders.unsettled(9)) == []

    def test_a_known_key_is_not_weighed_again(self, records: Records) -> None:
        records.add(subscriber())
        first = records.orders.write(order())
        again = dataclasses.replace(order(), id="second")
        assert records.orders.write(again, lambda _s: Refusal(Reason.CHANGED)) == first

    def test_when_a_service_was_changed_is_known_to_who_weighs(self, records: Records) -> None:
        records.add(subscriber())
        bought(records)
        assert records.orders.situation(NUMBER).changed(PACKAGE, ANY) == NOW

    def test_a_held_order_waits_by_itself(self, records: Records) -> None:
        records.add(subscriber())
        asked = held()
        assert records.orders.write(asked) == asked
        assert records.orders.get(asked.id) == asked
        assert records.orders.waiting(NUMBER) == []
        assert records.orders.unsettled(9) == []
        assert records.orders.held(NUMBER) == [asked]
        assert records.orders.due(TOMORROW - timedelta(seconds=1), 9) == []
        assert records.orders.due(TOMORROW, 9) == [asked]
        assert not records.orders.tried(asked.id, LATER)

    def test_a_held_order_is_let_go(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(held())
        released = records.orders.release("id c1:1", TOMORROW, unweighed)
        assert (released.state, released.due) == (OrderState.ACKNOWLEDGED, None)
        assert records.orders.waiting(NUMBER) == [released]
        assert records.orders.held(NUMBER) == []
        assert records.orders.release("id c1:1", TOMORROW, unweighed) == released

    def test_a_held_order_that_is_refused_when_it_is_due_is_cancelled(
        self, records: Records
    ) -> None:
        records.add(subscriber())
        records.orders.write(held())
        refusal = Refusal(Reason.LOOP)
        cancelled = records.orders.release("id c1:1", TOMORROW, lambda _situation: refusal)
        assert (cancelled.state, cancelled.reason) == (OrderState.CANCELLED, Reason.LOOP)
        assert cancelled.settled == TOMORROW
        assert records.orders.get("id c1:1") == cancelled
        assert FORWARDING not in row(records).services

    def test_a_held_order_is_stopped_once_and_it_is_audited(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(held())
        stopped = records.orders.stop(*on_phone("x"), "id c1:1", LATER)
        assert (stopped.state, stopped.reason) == (OrderState.CANCELLED, Reason.WITHDRAWN)
        assert records.orders.stop(*on_phone("y"), "id c1:1", TOMORROW) == stopped
        assert records.acts() == [("caller x", "order.stopped")]
        assert row(records).balance == Money(4530)

    def test_what_is_not_held_is_not_stopped(self, records: Records) -> None:
        records.add(subscriber())
        asked = records.orders.write(order())
        assert records.orders.stop(*on_phone("x"), "id c1:1", LATER) == asked
        assert records.acts() == []

    def test_an_order_takes_the_place_of_a_held_one(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(held("c1:1"))
        records.orders.write(
            order("c1:2", Change(FORWARDING, True, WORK)),
            lambda situation: Weighed(replaces=tuple(each.id for each in situation.held)),
        )
        replaced = records.orders.get("id c1:1")
        assert replaced is not None
        assert (replaced.state, replaced.reason) == (OrderState.CANCELLED, Reason.WITHDRAWN)

    @pytest.mark.parametrize("state", [OrderState.REJECTED, OrderState.CANCELLED])
    def test_an_undo_of_what_comes_to_nothing_is_cancelled_with_it(
        self, records: Records, state: OrderState
    ) -> None:
        records.add(subscriber())
        first = order()
        records.orders.write(first)
        records.orders.write(undo_of(first))
        ended = records.orders.settle(first.id, state, LATER, Reason.NETWORK)
        is_withdrawn = state is OrderState.CANCELLED
        assert ended.reason is (Reason.WITHDRAWN if is_withdrawn else Reason.NETWORK)
        undo = records.orders.find("c1:9")
        assert undo is not None
        assert (undo.state, undo.settled, undo.reason) == (OrderState.CANCELLED, LATER, None)
        assert records.orders.settle(undo.id, DONE, LATER) == undo
        assert row(records).balance == Money(4530)
        assert set(row(records).services) == {"sms"}

    def test_an_undo_pays_nothing_for_what_is_not_completed(self, records: Records) -> None:
        records.add(subscriber())
        first = order()
        records.orders.write(first)
        records.orders.write(undo_of(first))
        undo = records.orders.settle("id c1:9", DONE, LATER)
        assert undo.state is OrderState.CANCELLED
        records.orders.settle(first.id, OrderState.REJECTED, LATER, Reason.NETWORK)
        assert row(records).balance == Money(4530)
        assert set(row(records).services) == {"sms"}

    def test_an_order_is_paid_back_once(self, records: Records) -> None:
        records.add(subscriber())
        first = order()
        records.orders.write(first)
        records.orders.settle(first.id, DONE, NOW)
        for key in ("c1:8", "c1:9"):
            records.orders.write(undo_of(first, key))
        states = [records.orders.settle(f"id {key}", DONE, LATER).state for key in ("c1:8", "c1:9")]
        assert states == [DONE, OrderState.CANCELLED]
        assert row(records).balance == Money(4530)
        assert set(row(records).services) == {"sms"}

    @pytest.mark.parametrize(
        ("left", "paid_back"), [(None, 300), (100, 150), (1, 1), (0, 0), (999, 300)]
    )
    def test_a_used_package_is_paid_back_by_what_is_left(
        self, records: Records, left: int | None, paid_back: int
    ) -> None:
        records.add(subscriber())
        first = bought(records, left)
        records.orders.write(undo_of(first))
        settled = records.orders.settle("id c1:9", DONE, LATER)
        assert settled.once == Money(-paid_back)
        assert row(records).balance == Money(4530 - 300 + paid_back)
        assert row(records).packages == ()
        charges = [amount.tenge for _, amount in records.orders.charges(NUMBER, NOW, TOMORROW)]
        assert charges == ([300 - paid_back] if paid_back < 300 else [])

    def test_a_settled_order_is_not_noted_as_tried(self, records: Records) -> None:
        records.orders.write(order())
        assert records.orders.tried("id c1:1", NOW)
        records.orders.settle("id c1:1", OrderState.FAILED, LATER)
        assert not records.orders.tried("id c1:1", LATER)

"""The order book as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ivr.ports import SUSPENSION, Change, Order, OrderState, Reason, Status, Subscriber
from ivr.store import Store
from ivr.values import Money, Msisdn, ServiceId
from tests.store.rows import NUMBER, fill, row

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DONE = OrderState.COMPLETED


def order(key: str = "c1:1", *changes: Change, once: int = 300, at: datetime = NOW) -> Order:
    return Order(
        id=f"id {key}",
        external_id=key,
        number=NUMBER,
        changes=changes or (Change(ServiceId("mms"), True),),
        once=Money(once),
        state=OrderState.ACKNOWLEDGED,
        ordered=at,
    )


def subscriber(store: Store) -> Subscriber:
    found = store.subscribers.find(NUMBER)
    assert found is not None
    return found


class TestOrders:
    def test_an_order_is_read_as_it_was_written(self, store: Store) -> None:
        asked = order("c1:1", Change(ServiceId("gprs"), True), Change(ServiceId("mms"), True))
        assert store.orders.write(asked) == asked
        assert store.orders.get(asked.id) == asked
        assert store.orders.get("another") is None

    def test_the_same_key_is_written_once(self, store: Store) -> None:
        first = store.orders.write(order())
        again = dataclasses.replace(order(), id="second", once=Money(999))
        assert store.orders.write(again) == first
        assert store.orders.get("second") is None

    def test_completing_changes_services_and_balance(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(
            order("c1:1", Change(ServiceId("sms"), False), Change(ServiceId("mms"), True))
        )
        settled = store.orders.settle("id c1:1", DONE, LATER)
        assert (settled.state, settled.settled) == (DONE, LATER)
        assert subscriber(store).services == {"mms"}
        assert subscriber(store).balance == Money(4230)

    def test_settling_twice_changes_nothing(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(order())
        first = store.orders.settle("id c1:1", DONE, NOW)
        assert store.orders.settle("id c1:1", OrderState.FAILED, LATER, Reason.NETWORK) == first
        assert store.orders.settle("id c1:1", DONE, LATER) == first
        assert subscriber(store).balance == Money(4230)

    def test_a_refused_order_changes_no_subscriber(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(order())
        settled = store.orders.settle("id c1:1", OrderState.REJECTED, NOW, Reason.NETWORK)
        assert settled.reason is Reason.NETWORK
        assert subscriber(store).balance == Money(4530)
        assert subscriber(store).services == {"sms"}

    def test_suspension_is_the_number_s_own_state(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(order("c1:1", Change(SUSPENSION, True), once=0))
        store.orders.settle("id c1:1", DONE, NOW)
        assert subscriber(store).status is Status.SUSPENDED
        assert subscriber(store).services == {"sms"}
        store.orders.write(order("c1:2", Change(SUSPENSION, False), once=0))
        store.orders.settle("id c1:2", DONE, NOW)
        assert subscriber(store).status is Status.ACTIVE

    def test_resuming_does_not_lift_a_block(self, store: Store) -> None:
        fill(store, row(status=Status.BLOCKED))
        store.orders.write(order("c1:1", Change(SUSPENSION, False), once=0))
        store.orders.settle("id c1:1", DONE, NOW)
        assert subscriber(store).status is Status.BLOCKED

    def test_an_order_is_not_settled_by_a_state_in_between(self, store: Store) -> None:
        store.orders.write(order())
        with pytest.raises(ValueError, match="pending"):
            store.orders.settle("id c1:1", OrderState.PENDING, NOW)

    def test_an_unknown_order_cannot_be_settled(self, store: Store) -> None:
        with pytest.raises(LookupError):
            store.orders.settle("nothing", DONE, NOW)

    def test_a_try_without_answer_is_noted(self, store: Store) -> None:
        store.orders.write(order())
        store.orders.tried("id c1:1", LATER)
        tried = store.orders.get("id c1:1")
        assert tried is not None
        assert (tried.state, tried.tries, tried.tried) == (OrderState.IN_PROGRESS, 1, LATER)

    def test_a_settled_order_is_not_tried_again(self, store: Store) -> None:
        store.orders.write(order())
        settled = store.orders.settle("id c1:1", OrderState.FAILED, NOW)
        store.orders.tried("id c1:1", LATER)
        assert store.orders.get("id c1:1") == settled

    def test_unsettled_orders_come_oldest_first(self, store: Store) -> None:
        for minutes in (3, 1, 2):
            store.orders.write(order(f"c1:{minutes}", at=NOW + timedelta(minutes=minutes)))
        store.orders.settle("id c1:2", DONE, NOW)
        found = [one.external_id for one in store.orders.unsettled(LATER, 10)]
        assert found == ["c1:1", "c1:3"]
        assert [one.external_id for one in store.orders.unsettled(LATER, 1)] == ["c1:1"]
        assert [one.external_id for one in store.orders.waiting(NUMBER)] == ["c1:1", "c1:3"]
        assert store.orders.waiting(Msisdn("99361000000")) == []

    def test_orders_tried_or_written_lately_are_left_alone(self, store: Store) -> None:
        store.orders.write(order("c1:1"))
        store.orders.write(order("c1:2", at=LATER))
        store.orders.tried("id c1:1", LATER)
        assert store.orders.unsettled(LATER - timedelta(seconds=1), 10) == []
        assert len(store.orders.unsettled(LATER, 10)) == 2

    def test_fees_of_completed_orders_are_charged(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(order("c1:1"))
        store.orders.write(order("c1:2", Change(ServiceId("clip"), True)))
        store.orders.write(order("c1:3", Change(ServiceId("gprs"), True), once=0))
        store.orders.settle("id c1:1", DONE, LATER)
        store.orders.settle("id c1:3", DONE, LATER)
        assert store.orders.charges(NUMBER, NOW) == [("mms", Money(300))]
        assert store.orders.charges(NUMBER, LATER + timedelta(seconds=1)) == []

    def test_an_undone_fee_is_given_back_and_left_out(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(order("c1:1"))
        store.orders.settle("id c1:1", DONE, NOW)
        undo = order("c1:2", Change(ServiceId("mms"), False), once=-300)
        store.orders.write(dataclasses.replace(undo, undoes="id c1:1"))
        assert len(store.orders.charges(NUMBER, NOW)) == 1
        store.orders.settle("id c1:2", DONE, NOW)
        assert store.orders.charges(NUMBER, NOW) == []
        assert subscriber(store).balance == Money(4530)
        assert subscriber(store).services == {"sms"}

    def test_orders_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        written = store.orders.write(order())
        store.close()
        assert list(reopen().orders.unsettled(LATER, 10)) == [written]

    def test_one_order_settled_by_many_at_once_is_paid_once(self, store: Store) -> None:
        fill(store, row())
        store.orders.write(order())
        many = 8
        together = threading.Barrier(many)

        def settle(_index: int) -> Order:
            together.wait()
            return store.orders.settle("id c1:1", DONE, NOW)

        with ThreadPoolExecutor(many) as pool:
            assert len(set(pool.map(settle, range(many)))) == 1
        assert subscriber(store).balance == Money(4230)

    def test_many_orders_settled_at_once_are_all_paid(self, store: Store) -> None:
        fill(store, row())
        many = 12
        for index in range(many):
            store.orders.write(order(f"c{index}:1", Change(ServiceId(f"s{index}"), True), once=10))

        def settle(index: int) -> Order:
            return store.orders.settle(f"id c{index}:1", DONE, NOW)

        with ThreadPoolExecutor(many) as pool:
            list(pool.map(settle, range(many)))
        assert subscriber(store).balance == Money(4530 - 10 * many)
        assert len(subscriber(store).services) == 1 + many

    def test_one_key_written_by_many_at_once_is_one_order(self, store: Store) -> None:
        many = 8
        together = threading.Barrier(many)

        def write(index: int) -> Order:
            together.wait()
            return store.orders.write(dataclasses.replace(order(), id=f"id {index}"))

        with ThreadPoolExecutor(many) as pool:
            assert len({written.id for written in pool.map(write, range(many))}) == 1
        assert len(store.orders.newest(10)) == 1

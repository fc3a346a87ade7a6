"""What every OrderBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ivr.ports import SUSPENSION, Change, Order, OrderState, Reason, Status, Subscriber
from ivr.values import Money, Msisdn, ServiceId
from tests.contracts.records import NUMBER, Records, subscriber

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DONE = OrderState.COMPLETED


def order(key: str = "c1:1", *changes: Change, once: int = 300, at: datetime = NOW) -> Order:
    """An order of the usual subscriber: MMS on for 3 manat, if nothing else is said."""
    return Order(
        id=f"id {key}",
        external_id=key,
        number=NUMBER,
        changes=changes or (Change(ServiceId("mms"), True),),
        once=Money(once),
        state=OrderState.ACKNOWLEDGED,
        ordered=at,
    )


def row(records: Records) -> Subscriber:
    found = records.subscribers.find(NUMBER)
    assert found is not None
    return found


class OrderBookContract:
    """Derive, and give a fixture ``records``."""

    def test_an_order_is_read_as_it_was_written(self, records: Records) -> None:
        asked = order("c1:1", Change(ServiceId("gprs"), True), Change(ServiceId("mms"), True))
        assert records.orders.write(asked) == asked
        assert records.orders.get(asked.id) == asked
        assert records.orders.get("another") is None

    def test_the_same_key_is_written_once(self, records: Records) -> None:
        first = records.orders.write(order())
        again = dataclasses.replace(order(), id="second", once=Money(999))
        assert records.orders.write(again) == first
        assert records.orders.get("second") is None

    def test_completing_changes_services_and_balance(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(
            order("c1:1", Change(ServiceId("sms"), False), Change(ServiceId("mms"), True))
        )
        settled = records.orders.settle("id c1:1", DONE, LATER)
        assert (settled.state, settled.settled) == (DONE, LATER)
        assert row(records).services == {"mms"}
        assert row(records).balance == Money(4230)

    def test_settling_twice_changes_nothing(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order())
        first = records.orders.settle("id c1:1", DONE, NOW)
        assert records.orders.settle("id c1:1", OrderState.FAILED, LATER, Reason.NETWORK) == first
        assert records.orders.settle("id c1:1", DONE, LATER) == first
        assert row(records).balance == Money(4230)

    def test_a_refused_order_changes_no_subscriber(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order())
        settled = records.orders.settle("id c1:1", OrderState.REJECTED, NOW, Reason.NETWORK)
        assert settled.reason is Reason.NETWORK
        assert row(records).balance == Money(4530)
        assert row(records).services == {"sms"}

    def test_suspension_is_the_number_s_own_state(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1", Change(SUSPENSION, True), once=0))
        records.orders.settle("id c1:1", DONE, NOW)
        assert row(records).status is Status.SUSPENDED
        assert row(records).services == {"sms"}
        records.orders.write(order("c1:2", Change(SUSPENSION, False), once=0))
        records.orders.settle("id c1:2", DONE, NOW)
        assert row(records).status is Status.ACTIVE

    def test_resuming_does_not_lift_a_block(self, records: Records) -> None:
        records.add(subscriber(status=Status.BLOCKED))
        records.orders.write(order("c1:1", Change(SUSPENSION, False), once=0))
        records.orders.settle("id c1:1", DONE, NOW)
        assert row(records).status is Status.BLOCKED

    def test_an_order_is_not_settled_by_a_state_in_between(self, records: Records) -> None:
        records.orders.write(order())
        with pytest.raises(ValueError, match="pending"):
            records.orders.settle("id c1:1", OrderState.PENDING, NOW)

    def test_an_unknown_order_cannot_be_settled(self, records: Records) -> None:
        with pytest.raises(LookupError):
            records.orders.settle("nothing", DONE, NOW)

    def test_a_try_without_answer_is_noted(self, records: Records) -> None:
        records.orders.write(order())
        records.orders.tried("id c1:1", LATER)
        tried = records.orders.get("id c1:1")
        assert tried is not None
        assert (tried.state, tried.tries, tried.tried) == (OrderState.IN_PROGRESS, 1, LATER)

    def test_a_settled_order_is_not_tried_again(self, records: Records) -> None:
        records.orders.write(order())
        settled = records.orders.settle("id c1:1", OrderState.FAILED, NOW)
        records.orders.tried("id c1:1", LATER)
        assert records.orders.get("id c1:1") == settled

    def test_unsettled_orders_come_oldest_first(self, records: Records) -> None:
        for minutes in (3, 1, 2):
            records.orders.write(order(f"c1:{minutes}", at=NOW + timedelta(minutes=minutes)))
        records.orders.settle("id c1:2", DONE, NOW)
        found = [one.external_id for one in records.orders.unsettled(LATER, 10)]
        assert found == ["c1:1", "c1:3"]
        assert [one.external_id for one in records.orders.unsettled(LATER, 1)] == ["c1:1"]
        assert [one.external_id for one in records.orders.waiting(NUMBER)] == ["c1:1", "c1:3"]
        assert records.orders.waiting(Msisdn("99361000000")) == []

    def test_orders_tried_or_written_lately_are_left_alone(self, records: Records) -> None:
        records.orders.write(order("c1:1"))
        records.orders.write(order("c1:2", at=LATER))
        records.orders.tried("id c1:1", LATER)
        assert records.orders.unsettled(LATER - timedelta(seconds=1), 10) == []
        assert len(records.orders.unsettled(LATER, 10)) == 2

    def test_fees_of_completed_orders_are_charged(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1"))
        records.orders.write(order("c1:2", Change(ServiceId("clip"), True)))
        records.orders.write(order("c1:3", Change(ServiceId("gprs"), True), once=0))
        records.orders.settle("id c1:1", DONE, LATER)
        records.orders.settle("id c1:3", DONE, LATER)
        assert records.orders.charges(NUMBER, NOW) == [("mms", Money(300))]
        assert records.orders.charges(NUMBER, LATER + timedelta(seconds=1)) == []

    def test_an_undone_fee_is_given_back_and_left_out(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1"))
        records.orders.settle("id c1:1", DONE, NOW)
        undo = order("c1:2", Change(ServiceId("mms"), False), once=-300)
        records.orders.write(dataclasses.replace(undo, undoes="id c1:1"))
        assert len(records.orders.charges(NUMBER, NOW)) == 1
        records.orders.settle("id c1:2", DONE, NOW)
        assert records.orders.charges(NUMBER, NOW) == []
        assert row(records).balance == Money(4530)
        assert row(records).services == {"sms"}

    def test_one_order_settled_by_many_at_once_is_paid_once(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order())
        many = 8
        together = threading.Barrier(many)

        def settle(_index: int) -> Order:
            together.wait()
            return records.orders.settle("id c1:1", DONE, NOW)

        with ThreadPoolExecutor(many) as pool:
            assert len(set(pool.map(settle, range(many)))) == 1
        assert row(records).balance == Money(4230)

    def test_many_orders_settled_at_once_are_all_paid(self, records: Records) -> None:
        records.add(subscriber())
        many = 12
        for index in range(many):
            records.orders.write(
                order(f"c{index}:1", Change(ServiceId(f"s{index}"), True), once=10)
            )

        def settle(index: int) -> Order:
            return records.orders.settle(f"id c{index}:1", DONE, NOW)

        with ThreadPoolExecutor(many) as pool:
            list(pool.map(settle, range(many)))
        assert row(records).balance == Money(4530 - 10 * many)
        assert len(row(records).services) == 1 + many

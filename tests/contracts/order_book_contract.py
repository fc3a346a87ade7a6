"""What every OrderBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.actor import caller
from ivr.domain.orders import Order, OrderState, Sent
from ivr.domain.services import SUSPENSION, Change, Reason
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import KeyTaken
from tests.contracts.records import NUMBER, Records, subscriber

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
LATEST = NOW + timedelta(days=1)
DONE = OrderState.COMPLETED
CALLER = caller("c1")


def order(key: str = "c1:1", *changes: Change, once: int = 300, at: datetime = NOW) -> Order:
    """An order of the usual subscriber: MMS on for 3 manat, if nothing else is said."""
    return Order(
        id=f"id {key}",
        external_id=key,
        actor=CALLER,
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

    def test_an_order_is_found_by_its_external_id(self, records: Records) -> None:
        first, second = order("c1:1"), order("c1:2")
        records.orders.write(first)
        records.orders.write(second)
        assert records.orders.find("c1:2") == second
        assert records.orders.find("c1:3") is None

    def test_the_same_key_is_written_once(self, records: Records) -> None:
        first = records.orders.write(order())
        again = dataclasses.replace(order(), id="second", once=Money(999))
        assert records.orders.write(again) == first
        assert records.orders.get("second") is None

    def test_who_is_first_sends_an_order(self, records: Records) -> None:
        fresh = order()
        records.orders.write(fresh)
        assert records.orders.start_sending(fresh, NOW)
        assert not records.orders.start_sending(fresh, LATER), "another has sent it"
        sent = records.orders.get(fresh.id)
        assert sent is not None
        assert (sent.sent, sent.sent_at) == (Sent.SENT, NOW)
        records.orders.note_sent(fresh.id, Sent.MISSED, LATER)
        missed = records.orders.get(fresh.id)
        assert missed is not None
        assert (missed.sent, missed.sent_at) == (Sent.MISSED, LATER)
        assert not records.orders.start_sending(sent, LATEST)
        assert records.orders.start_sending(missed, LATEST)
        records.orders.note_sent(fresh.id, Sent.NOT, None)
        assert records.orders.get(fresh.id) == fresh

    def test_of_many_at_once_one_sends_an_order(self, records: Records) -> None:
        fresh = order()
        records.orders.write(fresh)
        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(lambda _: records.orders.start_sending(fresh, NOW), range(8)))
        assert sent.count(True) == 1

    def test_a_settled_order_is_not_sent(self, records: Records) -> None:
        fresh = order()
        records.orders.write(fresh)
        settled = records.orders.settle(fresh.id, OrderState.CANCELLED, NOW)
        assert not records.orders.start_sending(fresh, NOW)
        records.orders.note_sent(fresh.id, Sent.KNOWN, NOW)
        assert records.orders.get(fresh.id) == settled

    def test_completing_changes_services_and_balance(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(
            order("c1:1", Change(ServiceId("sms"), False), Change(ServiceId("mms"), True))
        )
        settled = records.orders.settle("id c1:1", DONE, LATER)
        assert (settled.state, settled.settled) == (DONE, LATER)
        assert set(row(records).services) == {"mms"}
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
        assert set(row(records).services) == {"sms"}

    def test_suspension_is_the_number_s_own_state(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1", Change(SUSPENSION, True), once=0))
        records.orders.settle("id c1:1", DONE, NOW)
        assert row(records).status is Status.SUSPENDED
        assert set(row(records).services) == {"sms"}
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
        found = [one.external_id for one in records.orders.unsettled(10)]
        assert found == ["c1:1", "c1:3"]
        assert [one.external_id for one in records.orders.unsettled(1)] == ["c1:1"]
        assert [one.external_id for one in records.orders.waiting(NUMBER)] == ["c1:1", "c1:3"]
        assert records.orders.waiting(Msisdn("99361000000")) == []

    def test_fees_of_completed_orders_are_charged(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1"))
        records.orders.write(order("c1:2", Change(ServiceId("clip"), True)))
        records.orders.write(order("c1:3", Change(ServiceId("gprs"), True), once=0))
        records.orders.settle("id c1:1", DONE, LATER)
        records.orders.settle("id c1:3", DONE, LATER)
        assert records.orders.charges(NUMBER, NOW, LATEST) == [("mms", Money(300))]
        assert records.orders.charges(NUMBER, LATER + timedelta(seconds=1), LATEST) == []
        assert records.orders.charges(NUMBER, NOW, LATER) == []

    def test_an_undone_fee_is_given_back_and_left_out(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1"))
        records.orders.settle("id c1:1", DONE, NOW)
        undo = order("c1:2", Change(ServiceId("mms"), False), once=-300)
        records.orders.write(dataclasses.replace(undo, undoes="id c1:1"))
        assert len(records.orders.charges(NUMBER, NOW, LATEST)) == 1
        records.orders.settle("id c1:2", DONE, NOW)
        assert records.orders.charges(NUMBER, NOW, LATEST) == []
        assert row(records).balance == Money(4530)
        assert set(row(records).services) == {"sms"}

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

    def test_one_worker_has_an_order_in_hand(self, records: Records) -> None:
        repository, asked, end = records.orders, order(), LATER + timedelta(seconds=60)
        repository.write(asked)
        assert repository.claim(asked, LATER, end)
        assert not repository.claim(asked, LATER, end)
        assert not repository.claim(asked, end - timedelta(seconds=1), end)
        assert repository.claim(asked, end, end + timedelta(seconds=60)), (
            "the first worker has died"
        )

    def test_a_claim_that_is_given_back_is_free_and_another_s_is_not(
        self, records: Records
    ) -> None:
        repository, asked, end = records.orders, order(), LATER + timedelta(seconds=60)
        repository.write(asked)
        assert repository.claim(asked, LATER, end)
        repository.unclaim(asked.id, end - timedelta(seconds=1))
        assert not repository.claim(asked, LATER, end)
        repository.unclaim(asked.id, end)
        assert repository.claim(asked, LATER, end)

    def test_an_order_that_has_changed_since_it_was_read_is_not_claimed(
        self, records: Records
    ) -> None:
        repository, end = records.orders, LATEST
        tried, settled, held = (order(f"c1:{step}") for step in (1, 2, 3))
        held = dataclasses.replace(held, state=OrderState.HELD, due=LATEST)
        for each in (tried, settled, held):
            repository.write(each)
        repository.tried(tried.id, NOW)
        repository.settle(settled.id, DONE, NOW)
        assert not any(repository.claim(each, LATER, end) for each in (tried, settled, held))
        fresh = repository.get(tried.id)
        assert fresh is not None
        assert repository.claim(fresh, LATER, end)

    def test_many_workers_at_once_claim_an_order_once(self, records: Records) -> None:
        asked = order()
        records.orders.write(asked)
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: records.orders.claim(asked, LATER, LATEST), range(8)))
        assert taken.count(True) == 1

    def test_a_key_of_another_number_s_order_is_no_order_of_this_one(
        self, records: Records
    ) -> None:
        first = order()
        records.orders.write(first)
        other = dataclasses.replace(order(), id="other", number=Msisdn("99361000000"))
        with pytest.raises(KeyTaken):
            records.orders.write(other)
        assert records.orders.get("other") is None
        assert records.orders.find(first.external_id) == first

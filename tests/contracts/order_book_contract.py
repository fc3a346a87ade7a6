"""What every OrderBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.actor import caller
from ivr.domain.orders import Order, OrderState, Sent
from ivr.domain.payments import PaymentRow
from ivr.domain.services import SUSPENSION, Change, Reason
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import KeyTaken, Unusable
from ivr.testing.acting import by
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
        book, asked, end = records.orders, order(), LATER + timedelta(seconds=60)
        book.write(asked)
        assert book.claim(asked, LATER, end)
        assert not book.claim(asked, LATER, end)
        assert not book.claim(asked, end - timedelta(seconds=1), end)
        assert book.claim(asked, end, end + timedelta(seconds=60)), "the first worker has died"

    def test_a_claim_that_is_given_back_is_free_and_another_s_is_not(
        self, records: Records
    ) -> None:
        book, asked, end = records.orders, order(), LATER + timedelta(seconds=60)
        book.write(asked)
        assert book.claim(asked, LATER, end)
        book.unclaim(asked.id, end - timedelta(seconds=1))
        assert not book.claim(asked, LATER, end)
        book.unclaim(asked.id, end)
        assert book.claim(asked, LATER, end)

    def test_an_order_that_has_changed_since_it_was_read_is_not_claimed(
        self, records: Records
    ) -> None:
        book, end = records.orders, LATEST
        tried, settled, held = (order(f"c1:{step}") for step in (1, 2, 3))
        held = dataclasses.replace(held, state=OrderState.HELD, due=LATEST)
        for each in (tried, settled, held):
            book.write(each)
        book.tried(tried.id, NOW)
        book.settle(settled.id, DONE, NOW)
        assert not any(book.claim(each, LATER, end) for each in (tried, settled, held))
        fresh = book.get(tried.id)
        assert fresh is not None
        assert book.claim(fresh, LATER, end)

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


FORWARDING = ServiceId("forwarding")
PACKAGE = ServiceId("internet-package")
HOME = (("always", "99312123456"),)
WORK = (("always", "99361000000"), ("no-answer-seconds", "20"))
BOUGHT = (("package", "m"), ("volume", "200"), ("days", "30"))


class SettingsContract:
    """Orders of services that have more than on and off. Derive, and give ``records``."""

    def test_what_a_service_is_set_to_is_kept_with_the_order(self, records: Records) -> None:
        asked = order("c1:1", Change(FORWARDING, True, WORK, HOME))
        records.orders.write(asked)
        assert records.orders.get(asked.id) == asked

    def test_a_service_is_set_set_anew_and_ended(self, records: Records) -> None:
        records.add(subscriber())
        for step, change in enumerate(
            (
                Change(FORWARDING, True, HOME),
                Change(FORWARDING, True, WORK, HOME),
            )
        ):
            records.orders.write(order(f"c1:{step}", change))
            records.orders.settle(f"id c1:{step}", DONE, NOW + timedelta(minutes=step))
            held = row(records).services[FORWARDING]
            assert held.value == change.value
            assert held.since == NOW
        records.orders.write(order("c1:3", Change(FORWARDING, False, (), WORK)))
        records.orders.settle("id c1:3", DONE, LATER)
        assert FORWARDING not in row(records).services

    def test_a_package_lasts_its_days(self, records: Records) -> None:
        records.add(subscriber())
        for key in ("c1:1", "c1:2"):
            records.orders.write(order(key, Change(PACKAGE, True, BOUGHT)))
        records.orders.settle("id c1:2", DONE, LATER)
        records.orders.settle("id c1:1", DONE, NOW)
        first, second = row(records).packages
        assert (first.service, first.package, first.left) == (PACKAGE, "m", 200)
        assert first.until == NOW + timedelta(days=30)
        assert second.until == LATER + timedelta(days=30)
        assert PACKAGE not in row(records).services

    def test_a_package_that_is_undone_is_gone_and_no_other(self, records: Records) -> None:
        records.add(subscriber())
        for key in ("c1:1", "c1:2"):
            records.orders.write(order(key, Change(PACKAGE, True, BOUGHT)))
        records.orders.settle("id c1:1", DONE, NOW)
        records.orders.settle("id c1:2", DONE, LATER)
        undo = order("c1:3", Change(PACKAGE, True, BOUGHT).opposite, once=-300)
        records.orders.write(dataclasses.replace(undo, undoes="id c1:1"))
        records.orders.settle("id c1:3", DONE, LATER)
        (kept,) = row(records).packages
        assert kept.until == LATER + timedelta(days=30)
        assert row(records).balance == Money(4530 - 300)

    def test_it_is_known_when_a_service_was_last_changed(self, records: Records) -> None:
        records.add(subscriber())
        assert records.orders.last_settled(NUMBER, FORWARDING) is None
        records.orders.write(order("c1:1", Change(FORWARDING, True, HOME)))
        assert records.orders.last_settled(NUMBER, FORWARDING) is None
        records.orders.settle("id c1:1", DONE, NOW)
        assert records.orders.last_settled(NUMBER, FORWARDING) == NOW
        assert records.orders.last_settled(NUMBER, PACKAGE) is None

    def test_an_undone_change_was_none(self, records: Records) -> None:
        records.add(subscriber())
        records.orders.write(order("c1:1", Change(FORWARDING, True, HOME)))
        records.orders.settle("id c1:1", DONE, NOW)
        undo = order("c1:2", Change(FORWARDING, False, (), HOME))
        records.orders.write(dataclasses.replace(undo, undoes="id c1:1"))
        records.orders.settle("id c1:2", DONE, LATER)
        assert records.orders.last_settled(NUMBER, FORWARDING) is None

    def test_orders_of_a_former_owner_change_and_charge_nothing(self, records: Records) -> None:
        records.add(dataclasses.replace(subscriber(), owner_since=NOW))
        change = Change(FORWARDING, True, HOME)
        records.orders.write(order("c1:1", change, at=NOW))
        records.orders.settle("id c1:1", DONE, LATER)
        assert row(records).services.keys() == subscriber().services.keys()
        assert row(records).balance == Money(4530)
        assert records.orders.last_settled(NUMBER, FORWARDING) is None
        assert records.orders.charges(NUMBER, NOW, LATEST) == []
        records.orders.write(order("c2:1", change, at=LATER))
        records.orders.settle("id c2:1", DONE, LATER)
        assert FORWARDING in row(records).services
        assert records.orders.last_settled(NUMBER, FORWARDING) == LATER
        assert records.orders.charges(NUMBER, NOW, LATEST) == [(FORWARDING, Money(300))]


class PaymentsContract:
    """What every Payments does. Derive, and give ``records``."""

    def test_the_newest_come_first(self, records: Records) -> None:
        records.add(subscriber())
        rows = [(NUMBER, NOW + timedelta(days=day), Money(100 * day)) for day in (2, 1, 4, 3)]
        assert records.payments.add(*by("test"), rows) == 4
        newest = records.payments.newest(NUMBER, 3)
        assert [amount.tenge for _, amount in newest] == [400, 300, 200]
        assert newest[0][0] == NOW + timedelta(days=4)

    def test_the_same_payment_is_kept_once(self, records: Records) -> None:
        records.add(subscriber())
        rows = [(NUMBER, NOW, Money(500)), (NUMBER, NOW, Money(700))]
        assert records.payments.add(*by("test"), rows) == 2
        assert records.payments.add(*by("test"), rows[:1]) == 0
        assert len(records.payments.newest(NUMBER, 5)) == 2

    def test_equal_payments_of_one_file_are_both_kept_and_the_file_again_is_nothing(
        self, records: Records
    ) -> None:
        records.add(subscriber())
        rows = [(NUMBER, NOW, Money(500))] * 2
        assert records.payments.add(*by("test"), rows) == 2
        assert records.payments.add(*by("test"), rows) == 0
        assert records.payments.add(*by("test"), rows * 2) == 2
        assert [amount.tenge for _, amount in records.payments.newest(NUMBER, 9)] == [500] * 4

    def test_payments_are_known_by_their_reference(self, records: Records) -> None:
        records.add(subscriber())
        rows = [PaymentRow(NUMBER, NOW, Money(500), name) for name in ("A-1", "A-2")]
        assert records.payments.add(*by("test"), rows) == 2
        assert records.payments.add(*by("test"), [*rows, rows[0]._replace(reference="A-3")]) == 1
        assert records.payments.add(*by("test"), rows[1:]) == 0
        assert len(records.payments.newest(NUMBER, 9)) == 3

    def test_a_reference_that_comes_later_is_taken_over(self, records: Records) -> None:
        records.add(subscriber())
        plain = PaymentRow(NUMBER, NOW, Money(500))
        assert records.payments.add(*by("test"), [plain, plain]) == 2
        named = [plain._replace(reference=name) for name in ("A-1", "A-2", "A-3")]
        assert records.payments.add(*by("test"), named) == 1
        for again in ([plain] * 3, named):
            assert records.payments.add(*by("test"), again) == 0
        assert len(records.payments.newest(NUMBER, 9)) == 3

    def test_a_reference_with_another_amount_is_refused_and_nothing_is_taken(
        self, records: Records
    ) -> None:
        records.add(subscriber())
        first = PaymentRow(NUMBER, NOW, Money(500), "A-1")
        records.payments.add(*by("test"), [first])
        later = PaymentRow(NUMBER, LATER, Money(100), "B-1")
        with pytest.raises(Unusable, match="with another time or amount: A-1"):
            records.payments.add(*by("test"), [later, first._replace(amount=Money(700))])
        assert [amount.tenge for _, amount in records.payments.newest(NUMBER, 9)] == [500]

"""What orders leave behind when they are settled: settings, packages and charges."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from ivr.domain.payments import PaymentRow
from ivr.domain.services import Change
from ivr.domain.values import Money, ServiceId
from ivr.errors import Unusable
from ivr.testing.acting import by
from tests.contracts.order_book_contract import DONE, LATER, LATEST, NOW, order, row
from tests.contracts.records import NUMBER, Records, subscriber

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

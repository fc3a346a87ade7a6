"""What a subscriber may hear about the account."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from ivr.care.accounts import AccountService
from ivr.domain.payments import TAX, Bill, BillLine
from ivr.domain.services import Change, Offer
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.testing.acting import by, on_phone
from ivr.testing.demo import NUMBER, Operator, demo_operator, subscriber


def buy(operator: Operator, service: str, step: int = 1) -> str:
    offer = operator.care.subscriptions.offer(NUMBER, Change(ServiceId(service), True))
    assert isinstance(offer, Offer)
    return operator.care.subscriptions.order(*on_phone("call", step), NUMBER, offer).order


class TestAccount:
    def test_services_come_in_the_order_of_the_catalogue(self) -> None:
        operator = Operator()
        operator.add(subscriber(services="international clip sms"))
        account = operator.care.accounts.account(NUMBER)
        assert account is not None
        assert list(account.services) == ["sms", "international", "clip"]
        assert account.balance == Money(4530)

    def test_nobody_has_none(self) -> None:
        accounts = demo_operator().care.accounts
        assert accounts.account(Msisdn("99361000000")) is None
        assert accounts.bill(Msisdn("99361000000")) == ()


class TestPriority:
    @pytest.mark.parametrize(
        ("tariff", "number", "priority"),
        [("biznes", NUMBER, 10), ("duet", NUMBER, 0), ("biznes", Msisdn("99361000000"), 0)],
    )
    def test_key_customers_go_first(self, tariff: str, number: Msisdn, priority: int) -> None:
        operator = Operator()
        operator.add(subscriber(tariff=tariff))
        assert operator.care.accounts.priority(number) == priority

    def test_without_the_database_nobody_does(self) -> None:
        def down(number: Msisdn) -> None:
            raise TemporarilyUnavailable("database")

        operator = Operator()
        operator.add(subscriber(tariff="biznes"))
        operator.subscribers.find = down  # type: ignore[method-assign]
        assert operator.care.accounts.priority(NUMBER) == 0


class TestBill:
    def test_a_month_of_a_former_owner_is_not_told(self) -> None:
        operator = Operator()
        operator.add(dataclasses.replace(subscriber(), owner_since=operator.clock.now()))
        assert operator.care.accounts.bill(NUMBER, 1) == ()
        assert operator.care.accounts.bill(NUMBER) != ()

    def test_has_the_tariff_and_what_costs_by_the_month(self) -> None:
        operator = Operator()
        operator.add(subscriber(services="sms clir waiting", tariff="duet"))
        assert operator.care.accounts.bill(NUMBER) == (
            BillLine("tariff.duet", Money(1500)),
            BillLine("service.waiting", Money(10)),
            BillLine("service.clir", Money(20)),
        )

    def test_has_what_was_taken_once_this_month(self) -> None:
        operator = demo_operator()
        buy(operator, "international")
        assert operator.care.accounts.bill(NUMBER)[1:] == (
            BillLine("service.international", Money(300)),
        )

    def test_leaves_out_what_was_undone(self) -> None:
        operator = demo_operator()
        order = buy(operator, "international")
        operator.care.subscriptions.undo(*on_phone("call", 2), NUMBER, order)
        assert operator.care.accounts.bill(NUMBER) == (BillLine("tariff.duet", Money(1500)),)

    def test_leaves_out_what_was_taken_in_another_month(self) -> None:
        operator = demo_operator()
        buy(operator, "international")
        operator.clock.sleep(31 * 24 * 3600)
        assert [item.item for item in operator.care.accounts.bill(NUMBER)] == ["tariff.duet"]


def reckoning(operator: Operator) -> AccountService:
    """What the simulated billing bills by."""
    accounts = operator.care.accounts
    assert isinstance(accounts, AccountService)
    return accounts


class TestLastMonth:
    def test_is_as_billing_drew_it_up(self) -> None:
        operator = demo_operator()
        lines = (
            BillLine("tariff.duet", Money(1500), "Duet"),
            BillLine("", Money(250), "Roaming call"),
            BillLine("service.unheard-of", Money(5), "Thing"),
        )
        october = date(2026, 10, 1)
        bill = Bill(october, "7", lines, Money(1755), Money(0))
        operator.bills.bills[NUMBER, october] = bill
        assert operator.care.accounts.bill(NUMBER, months_ago=1) == (
            BillLine("tariff.duet", Money(1500), "Duet"),
            BillLine("", Money(250), "Roaming call"),
            BillLine("", Money(5), "Thing"),
        )

    def test_of_whom_billing_has_none_there_is_none(self) -> None:
        operator = demo_operator()
        buy(operator, "international")
        operator.clock.sleep(31 * 24 * 3600)
        assert operator.care.accounts.bill(NUMBER, months_ago=1) == ()

    def test_the_tax_of_a_bill_as_a_whole_has_words_of_its_own(self) -> None:
        operator = demo_operator()
        october = date(2026, 10, 1)
        bill = Bill(october, "7", (BillLine(TAX, Money(90)),), Money(90), Money(0))
        operator.bills.bills[NUMBER, october] = bill
        assert operator.care.accounts.bill(NUMBER, months_ago=1) == (BillLine(TAX, Money(90)),)

    def test_is_reckoned_for_the_simulated_billing_without_asking_it(self) -> None:
        operator = demo_operator()
        operator.bills.outage = True
        buy(operator, "international")
        operator.clock.sleep(31 * 24 * 3600)
        assert reckoning(operator).reckoned(NUMBER, months_ago=1) == (
            BillLine("tariff.duet", Money(1500)),
            BillLine("service.international", Money(300)),
        )

    def test_what_was_switched_on_later_is_not_reckoned_in_it(self) -> None:
        operator = demo_operator()
        buy(operator, "waiting")
        items = reckoning(operator).reckoned(NUMBER, months_ago=1)
        assert "service.waiting" not in [item.item for item in items]

    def test_billing_that_is_away_says_so_and_this_month_needs_none(self) -> None:
        operator = demo_operator()
        operator.bills.outage = True
        assert operator.care.accounts.bill(NUMBER)
        with pytest.raises(TemporarilyUnavailable, match="billing"):
            operator.care.accounts.bill(NUMBER, months_ago=1)


def test_the_last_five_payments_come_newest_first() -> None:
    operator = demo_operator()
    at = operator.clock.now()
    rows = [(NUMBER, at - timedelta(days=day), Money(100 * day)) for day in range(1, 8)]
    operator.payments.add(*by("test"), rows)
    told = operator.care.accounts.payments(NUMBER)
    assert [payment.amount.tenge for payment in told] == [100, 200, 300, 400, 500]
    assert told[0].day == date(2026, 11, 21)


def test_services_know_since_when_they_are_on() -> None:
    operator = demo_operator()
    buy(operator, "waiting")
    account = operator.care.accounts.account(NUMBER)
    assert account is not None
    since = {id: active.since for id, active in account.services.items()}
    assert since == {"sms": None, "waiting": operator.clock.now(), "clip": None}

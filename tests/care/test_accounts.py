"""What a subscriber may hear about the account."""

from __future__ import annotations

from ivr.ports import BillItem, Change, Offer
from ivr.testing.demo import NUMBER, Operator, demo_operator, subscriber
from ivr.values import Money, Msisdn, ServiceId


def buy(operator: Operator, service: str, step: int = 1) -> str:
    offer = operator.care.subscriptions.offer(NUMBER, Change(ServiceId(service), True))
    assert isinstance(offer, Offer)
    return operator.care.subscriptions.order("call", step, NUMBER, offer).order


class TestAccount:
    def test_services_come_in_the_order_of_the_catalogue(self) -> None:
        operator = Operator()
        operator.add(subscriber(services="international clip sms"))
        account = operator.care.accounts.account(NUMBER)
        assert account is not None
        assert [each.service for each in account.services] == ["sms", "international", "clip"]
        assert account.balance == Money(4530)

    def test_nobody_has_none(self) -> None:
        accounts = demo_operator().care.accounts
        assert accounts.account(Msisdn("99361000000")) is None
        assert accounts.bill(Msisdn("99361000000")) == ()


class TestBill:
    def test_has_the_tariff_and_what_costs_by_the_month(self) -> None:
        operator = Operator()
        operator.add(subscriber(services="sms clir waiting", tariff="duet"))
        assert operator.care.accounts.bill(NUMBER) == (
            BillItem("tariff.duet", Money(1500)),
            BillItem("service.waiting", Money(10)),
            BillItem("service.clir", Money(20)),
        )

    def test_has_what_was_taken_once_this_month(self) -> None:
        operator = demo_operator()
        buy(operator, "international")
        assert operator.care.accounts.bill(NUMBER)[1:] == (
            BillItem("service.international", Money(300)),
        )

    def test_leaves_out_what_was_undone(self) -> None:
        operator = demo_operator()
        order = buy(operator, "international")
        operator.care.subscriptions.undo("call", 2, NUMBER, order)
        assert operator.care.accounts.bill(NUMBER) == (BillItem("tariff.duet", Money(1500)),)

    def test_leaves_out_what_was_taken_in_another_month(self) -> None:
        operator = demo_operator()
        buy(operator, "international")
        operator.clock.sleep(31 * 24 * 3600)
        assert [item.item for item in operator.care.accounts.bill(NUMBER)] == ["tariff.duet"]

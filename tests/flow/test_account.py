"""What an identified caller hears about the account."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ivr.domain.payments import Bill, BillLine
from ivr.domain.values import Money
from ivr.testing.acting import by
from ivr.testing.clock import ASHGABAT
from ivr.testing.demo import NUMBER, Operator
from tests.flow.conftest import Ring
from tests.flow.test_dialogue import WORD

LEAD = f"3 1 {WORD}"
OCTOBER = date(2026, 10, 1)


def test_tariff_and_services_with_their_dates(ring: Ring) -> None:
    ring(f"3 2 {WORD} 3 1 1")
    call = ring(f"1 {WORD} 2", call_id="call-2")
    assert "account.tariff tariff=tariff.duet" in call.heard
    assert "account.service service=service.sms" in call.heard
    assert "account.service.since service=service.waiting since=2026-11-22" in call.heard
    assert call.call.goals == ["account/tariff", "account/services"]


def test_payments_of_another_year_have_their_year(ring: Ring, operator: Operator) -> None:
    assert "account.payments.none" in ring(f"{LEAD} 4").keys
    now = operator.clock.now()
    operator.payments.add(
        *by("test"), [(NUMBER, now, Money(500)), (NUMBER, now - timedelta(days=400), Money(700))]
    )
    heard = ring(f"1 {WORD} 4", call_id="call-2").heard
    assert "account.payment day=2026-11-22 amount=5.00" in heard
    assert "account.payment.earlier day=2025-10-18 amount=7.00" in heard


def test_the_bill_of_this_month_and_of_the_last_add_up(ring: Ring, operator: Operator) -> None:
    lines = (
        BillLine("tariff.duet", Money(1500)),
        BillLine("", Money(255), "Roaming"),
    )
    operator.bills.bills[NUMBER, OCTOBER] = Bill(OCTOBER, "1", lines, Money(1755), Money(0))
    heard = ring(f"{LEAD} 3 2").heard
    assert heard.index("account.bill.total total=15.00") < heard.index("account.bill.last")
    assert "account.bill.named name=Roaming amount=2.55" in heard
    assert "account.bill.total total=17.55" in heard


def test_of_a_month_without_a_bill_it_is_said_that_there_is_none(
    ring: Ring, operator: Operator
) -> None:
    call = ring(f"{LEAD} 3 2")
    assert call.keys.count("account.bill.total") == 1, "this month's alone"
    assert "account.bill.none" in call.keys
    assert "account.bill.last" not in call.keys
    assert "unavailable.billing" not in call.keys


def test_billing_down_has_its_own_words_and_the_rest_goes_on(
    ring: Ring, operator: Operator
) -> None:
    operator.bills.outage = True
    call = ring(f"{LEAD} 3 2 1 1")
    assert "account.bill.total total=15.00" in call.heard
    assert "unavailable.billing" in call.keys
    assert "account.balance balance=45.30" in call.heard


def test_a_month_is_the_operators(operator: Operator) -> None:
    """An hour before midnight in UTC it is the first of December in Ashgabat."""
    evening = datetime(2026, 11, 30, 20, 0, tzinfo=ASHGABAT)
    operator.clock.sleep((evening - operator.clock.now()).total_seconds() + 5 * 3600)
    assert operator.clock.local().date() == date(2026, 12, 1)

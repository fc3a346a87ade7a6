"""TMF678 of the simulated operator: past months are billed, the present month is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from ivr.domain.payments import BillLine
from ivr.domain.values import Money, Msisdn
from ivr.network.billing import ZONE
from ivr.network.models import bill
from ivr.network.models.bill import AppliedRate, CustomerBill, TaxItem
from ivr.network.models.common import CURRENCY, MoneyValue, Period, Reference
from ivr.simulators.network.data import SimulatorState
from ivr.simulators.network.habit import Habit
from ivr.simulators.network.services import STRANGER

OLDER = 24
"""Months of older bills (Habit.OLD_BILLS)."""
TAX = Decimal("0.15")
FINE = Decimal("0.0012")
"""Fraction of a teňňe added to a rate; over a bill's few rates it adds up to less than a half."""
DEBT = Decimal(50)
EXTRA = {"interim": ("interim", "onCycle"), "trial": ("trial", ""), "off": ("normal", "offCycle")}
"""Other bills of a month: category and run type by the end of their ids."""


def billing_routes(world: SimulatorState) -> APIRouter:
    """Return the routes below ``customerBillManagement``."""
    router = APIRouter(prefix=bill.BASE)

    def items(number: str, month: date) -> Sequence[BillLine]:
        if number == STRANGER:
            return (BillLine("tariff.oba", Money(500)),)
        return world.books.items(Msisdn(number), month)

    def accounts(asked: str | None) -> list[str]:
        """Return the accounts whose bills are listed; ``asked`` None: the request has no filter."""
        if asked is not None and not world.has(Habit.UNFILTERED):
            return [asked]
        return list(dict.fromkeys([STRANGER, *([asked] if asked else world.state.numbers())]))

    @router.get("/customerBill")
    async def find(
        account: Annotated[str | None, Query(alias="billingAccount.id")] = None,
    ) -> list[dict[str, Any]]:
        months = [_month_before(_this_month())]
        while len(months) <= OLDER and world.has(Habit.OLD_BILLS):
            months.append(_month_before(months[-1]))
        drawn_up = []
        for number in accounts(account):
            for month in reversed(months):
                found = items(number, month)
                if found and world.has(Habit.INTERIM):
                    drawn_up += [extra(number, month, kind) for kind in EXTRA]
                if found:
                    drawn_up.append(drawn(number, month, found))
        return [each.wire() for each in drawn_up]

    def drawn(number: str, month: date, found: Sequence[BillLine]) -> CustomerBill:
        total = sum((item.amount for item in found), Money(0))
        debt = DEBT if world.has(Habit.DEBT) else Decimal(0)
        net = sum((_net(item.amount) for item in found), Decimal(0))
        taxes = (TaxItem(tax_category="VAT", tax_amount=_money(Decimal(total.manat) - net)),)
        return CustomerBill(
            id=_bill_id(number, month),
            bill_no=f"{month:%Y%m}-{number[-4:]}",
            bill_date=_begin(_month_after(month)),
            billing_period=_period(month),
            billing_account=Reference(id=number),
            category="normal",
            run_type="onCycle",
            amount_due=_money(Decimal(total.manat) + debt),
            tax_included_amount=MoneyValue.of(total),
            tax_item=taxes if world.has(Habit.TAX_OF_BILL) else (),
            remaining_amount=MoneyValue.of(Money(0)),
            state="settled",
        )

    def extra(number: str, month: date, kind: str) -> CustomerBill:
        category, run_type = EXTRA[kind]
        return CustomerBill(
            id=f"{_bill_id(number, month)}-{kind}",
            bill_date=_begin(_month_after(month)) + timedelta(days=3),
            billing_period=_period(month),
            billing_account=Reference(id=number),
            category=category,
            run_type=run_type or None,
            tax_included_amount=_money(Decimal(1)),
            state="new",
        )

    @router.get("/appliedCustomerBillingRate")
    async def rates(
        account: Annotated[str | None, Query(alias="billingAccount.id")] = None,
        bill_id: Annotated[str | None, Query(alias="bill.id")] = None,
    ) -> list[dict[str, Any]]:
        if bill_id is None:
            return [
                rate(number, _this_month(), None, at, item)
                for number in accounts(account)
                for at, item in enumerate(items(number, _this_month()), 1)
            ]
        number, _, text = bill_id.removeprefix("+").partition("-")
        try:
            month = date.fromisoformat(f"{text[:4]}-{text[4:6]}-01")
        except ValueError:
            raise HTTPException(404, "no such bill") from None
        bills = {number: bill_id}
        if world.has(Habit.UNFILTERED):
            bills = {STRANGER: _bill_id(STRANGER, month), **bills}
        return [
            rate(owner, month, of, at, item)
            for owner, of in bills.items()
            for at, item in enumerate(items(owner, month), 1)
        ]

    def rate(number: str, month: date, of: str | None, at: int, item: BillLine) -> dict[str, Any]:
        gross = Decimal(item.amount.manat)
        net = _net(item.amount)
        is_net = world.has(Habit.TAX_APART) or world.has(Habit.TAX_OF_BILL)
        fine = FINE if world.has(Habit.FINE_RATES) else Decimal(0)
        taxes = (TaxItem(tax_category="VAT", tax_amount=_money(gross - net)),)
        return AppliedRate(
            id=f"{number}-{month:%Y%m}-{at}",
            name=item.item,
            type="appliedBillingCharge",
            is_billed=of is not None,
            bill=Reference(id=of) if of else None,
            billing_account=Reference(id=number),
            period_coverage=_period(month),
            product=Reference(id=item.item),
            tax_included_amount=None if is_net else _money(gross + fine),
            tax_excluded_amount=_money(net) if is_net else None,
            applied_tax=taxes if world.has(Habit.TAX_APART) else (),
        ).wire()

    return router


def _money(manat: Decimal) -> MoneyValue:
    return MoneyValue(unit=CURRENCY, value=manat)


def _net(gross: Money) -> Decimal:
    """Return an amount without its tax, to four decimals."""
    return (Decimal(gross.manat) / (1 + TAX)).quantize(Decimal("0.0001"))


def _this_month() -> date:
    return datetime.now(ZONE).date().replace(day=1)


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _begin(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=ZONE).astimezone(UTC)


def _period(month: date) -> Period:
    return Period(start_date_time=_begin(month), end_date_time=_begin(_month_after(month)))


def _bill_id(account: str, month: date) -> str:
    return f"{account}-{month:%Y%m}"

"""Bills over TMF678: a month's bill with its rates, or the rates of a month not billed yet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from ivr.network.models import bill as api
from ivr.network.models.bill import AppliedRate, CustomerBill
from ivr.network.models.common import MoneyValue, Period
from ivr.network.wire import Wire
from ivr.ports import Bill, BillLine
from ivr.values import Money, Msisdn

PATIENCE = 3.0
"""Seconds that a caller waits for billing."""
BILLS = f"{api.BASE}/customerBill"
RATES = f"{api.BASE}/appliedCustomerBillingRate"
ZONE = ZoneInfo("Asia/Ashgabat")
"""Where a month begins and ends."""


@dataclass(frozen=True)
class TmForumBills:
    """Implements ``ivr.ports.Bills``. The billing account's id is the subscriber's number."""

    wire: Wire
    patience: float = PATIENCE
    zone: tzinfo = ZONE

    def bill(self, number: Msisdn, month: date) -> Bill | None:
        until = time.monotonic() + self.patience
        first = month.replace(day=1)
        account = {"billingAccount.id": str(number)}
        bills = self.wire.read_list(CustomerBill, self.wire.get(BILLS, until, **account))
        for each in bills:
            if _is_of(each, number) and self._begins(each.billing_period) == first:
                query = {"bill.id": each.id}
                rates = self.wire.read_list(AppliedRate, self.wire.get(RATES, until, **query))
                mine = [rate for rate in rates if rate.bill is None or rate.bill.id == each.id]
                return self._bill(first, mine, each)
        query = {**account, "isBilled": "false"}
        rates = self.wire.read_list(AppliedRate, self.wire.get(RATES, until, **query))
        open_now = [
            rate
            for rate in rates
            if _is_of(rate, number)
            and not rate.is_billed
            and self._begins(rate.period_coverage) == first
        ]
        return self._bill(first, open_now, None) if open_now else None

    def _bill(self, first: date, rates: Sequence[AppliedRate], bill: CustomerBill | None) -> Bill:
        lines = tuple(
            BillLine(
                item=rate.product.id if rate.product else "",
                name=rate.name or rate.description or "",
                amount=self._money(rate.tax_included_amount or rate.tax_excluded_amount),
            )
            for rate in rates
        )
        total = sum((line.amount for line in lines), Money(0))
        if bill is None:
            return Bill(first, "", lines, total, total)
        told = bill.tax_included_amount or bill.amount_due
        if told is not None and self._money(told) != total:
            raise self.wire.unavailable("the items of a bill do not add up to it")
        due = bill.remaining_amount or bill.amount_due
        return Bill(
            month=first,
            number=bill.bill_no or bill.id,
            lines=lines,
            total=total,
            due=total if due is None else self._money(due),
        )

    def _money(self, value: MoneyValue | None) -> Money:
        try:
            return (value or MoneyValue()).money()
        except ValueError as error:
            raise self.wire.unavailable(str(error)) from None

    def _begins(self, period: Period | None) -> date | None:
        """The first day of the month in which a period begins."""
        start: datetime | None = period.start_date_time if period else None
        try:
            return start.astimezone(self.zone).date().replace(day=1) if start else None
        except OverflowError:  # at the edge of the calendar
            return None


def _is_of(resource: CustomerBill | AppliedRate, number: Msisdn) -> bool:
    """Nobody hears the bill of another, even where billing does not know the filter."""
    return resource.billing_account is not None and resource.billing_account.id == number

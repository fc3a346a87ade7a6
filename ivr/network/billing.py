"""Read bills over TMF678: a month's bill with its rates, or the rates of an unbilled month."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from ivr.domain.payments import TAX, Bill, BillLine
from ivr.domain.values import Money, Msisdn
from ivr.network.http_client import HttpClient
from ivr.network.models import bill as api
from ivr.network.models.bill import AppliedRate, CustomerBill
from ivr.network.models.common import MoneyValue, Period, is_number
from ivr.network.models.tolerant import spelled
from ivr.network.sums import Line, tenge, whole_lines
from ivr.ports.business import Bills

PATIENCE = 3.0
"""Seconds that a caller waits for billing."""
BILLS = f"{api.BASE}/customerBill"
RATES = f"{api.BASE}/appliedCustomerBillingRate"
ZONE = ZoneInfo("Asia/Ashgabat")
"""Time zone of a month's beginning and end."""
OF_THE_MONTH = frozenset({"", "normal", "last"})
"""Categories, as ``spelled``, of bills for the cost of a month: not interim, trial …"""
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TmForumBills(Bills):
    """The billing account's id is the subscriber's number."""

    wire: HttpClient
    patience: float = PATIENCE
    zone: tzinfo = ZONE

    def bill(self, number: Msisdn, month: date) -> Bill | None:
        until = time.monotonic() + self.patience
        first = month.replace(day=1)
        account = {"billingAccount.id": str(number)}
        bills = [
            each
            for each in self.wire.each(CustomerBill, BILLS, until, **account)
            if _is_of(each, number)
            and _tells_the_month(each)
            and self._begins(each.billing_period) == first
        ]
        if bills:
            mine = max(bills, key=_drawn_up)
            rates = self.wire.each(AppliedRate, RATES, until, **{"bill.id": mine.id})
            return self._bill(first, _of_bill(list(rates), mine, number), mine)
        query = {**account, "isBilled": "false"}
        open_now = [
            rate
            for rate in self.wire.each(AppliedRate, RATES, until, **query)
            if _is_of(rate, number)
            and not rate.is_billed
            and self._begins(rate.period_coverage) == first
        ]
        return self._bill(first, open_now, None) if open_now else None

    def _bill(self, first: date, rates: Sequence[AppliedRate], bill: CustomerBill | None) -> Bill:
        try:
            lines = [_line(rate) for rate in rates] + _taxes(rates, bill)
            told = bill.tax_included_amount.amount() if bill and bill.tax_included_amount else None
            amounts = whole_lines(lines, told)
            rest = (bill.remaining_amount or bill.amount_due) if bill else None
            due = tenge(rest.amount()) if rest else None
        except ValueError as error:
            raise self.wire.unavailable(str(error)) from None
        total = sum(amounts, Money(0))
        return Bill(
            month=first,
            number=(bill.bill_no or bill.id) if bill else "",
            lines=tuple(
                BillLine(line.item, amount, line.name)
                for line, amount in zip(lines, amounts, strict=True)
            ),
            total=total,
            due=total if due is None else due,
        )

    def _begins(self, period: Period | None) -> date | None:
        """Return the first day of the month in which a period begins, or None.

        A time without a zone is in ``self.zone``.
        """
        start: datetime | None = period.start_date_time if period else None
        try:
            if start is not None and start.tzinfo is None:
                start = start.replace(tzinfo=self.zone)
            return start.astimezone(self.zone).date().replace(day=1) if start else None
        except OverflowError:  # at the edge of the calendar
            return None


def _is_of(resource: CustomerBill | AppliedRate, number: Msisdn) -> bool:
    """Tell whether a resource is the number's own. A caller must not hear another's bill.

    Billing may not know the filter.
    """
    account = resource.billing_account
    return account is not None and is_number(account.id, number)


def _of_bill(
    rates: Sequence[AppliedRate], bill: CustomerBill, number: Msisdn
) -> Sequence[AppliedRate]:
    """Return the rates of a bill.

    If no rate names its bill or account, all rates count as those that were asked for. The caller
    checks that they add up.
    """
    ours = [rate for rate in rates if rate.billing_account is None or _is_of(rate, number)]
    named = [rate for rate in ours if rate.bill is not None]
    if named:
        return [rate for rate in named if rate.bill and rate.bill.id == bill.id]
    return [rate for rate in ours if rate.billing_account] or ours


def _tells_the_month(bill: CustomerBill) -> bool:
    is_off_cycle = spelled(bill.run_type or "") == "offcycle"
    return not is_off_cycle and spelled(bill.category or "") in OF_THE_MONTH


def _drawn_up(bill: CustomerBill) -> datetime:
    """Return the sort key of a month's bills: the newest bill counts."""
    at = bill.bill_date or EARLIEST
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _line(rate: AppliedRate) -> Line:
    """Return one item with its tax, which the rate may give separately.

    ValueError: an amount is not in manat.
    """
    if rate.tax_included_amount is not None:
        amount = rate.tax_included_amount.amount()
    else:
        apart = [each.tax_amount.amount() for each in rate.applied_tax if each.tax_amount]
        amount = (rate.tax_excluded_amount or MoneyValue()).amount() + sum(apart, Decimal(0))
    item = rate.product.id if rate.product else ""
    return Line(item, rate.name or rate.description or "", amount)


def _taxes(rates: Sequence[AppliedRate], bill: CustomerBill | None) -> list[Line]:
    """Return the tax of the whole bill if its items have none."""
    if bill is None or any(rate.tax_included_amount or rate.applied_tax for rate in rates):
        return []
    taxes = [each.tax_amount.amount() for each in bill.tax_item if each.tax_amount]
    return [Line(TAX, "", sum(taxes, Decimal(0)))] if any(taxes) else []

"""TMF678 Customer Bill Management v4: bills, and the rates that they consist of."""

from __future__ import annotations

from datetime import datetime

from ivr.network.models.common import MoneyValue, Party, Period, Reference, Resource

BASE = "/tmf-api/customerBillManagement/v4"


class CustomerBill(Resource):
    """``state``: new, onHold, validated, sent, partiallyPaid, settled."""

    id: str
    href: str | None = None
    bill_no: str | None = None
    bill_date: datetime | None = None
    billing_period: Period | None = None
    billing_account: Reference | None = None
    related_party: tuple[Party, ...] = ()
    amount_due: MoneyValue | None = None
    remaining_amount: MoneyValue | None = None
    tax_included_amount: MoneyValue | None = None
    state: str | None = None


class AppliedRate(Resource):
    """AppliedCustomerBillingRate: one item, of a bill or not billed yet."""

    id: str
    href: str | None = None
    name: str | None = None
    description: str | None = None
    type: str | None = None
    date: datetime | None = None
    is_billed: bool | None = None
    bill: Reference | None = None
    billing_account: Reference | None = None
    period_coverage: Period | None = None
    product: Reference | None = None
    tax_included_amount: MoneyValue | None = None
    tax_excluded_amount: MoneyValue | None = None

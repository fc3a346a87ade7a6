"""TMF678 Customer Bill Management v4: bills, and the rates that they consist of."""

from __future__ import annotations

from ivr.network.models.common import MoneyValue, Party, Period, Reference, Resource
from ivr.network.models.tolerant import Day, Many, Maybe, Text, Word

BASE = "/tmf-api/customerBillManagement/v4"


class TaxItem(Resource):
    """A tax of a whole bill (TaxItem), or of one rate (AppliedBillingTaxRate)."""

    tax_category: Word = None
    tax_amount: Maybe[MoneyValue] = None


class CustomerBill(Resource):
    """``state``: new, onHold, validated, sent, partiallyPaid, settled. ``run_type``: onCycle or
    offCycle. ``category``: normal, duplicate, interim, last, trial customer, credit note …"""

    id: Text = ""
    href: Word = None
    bill_no: Word = None
    bill_date: Day = None
    category: Word = None
    run_type: Word = None
    billing_period: Maybe[Period] = None
    billing_account: Maybe[Reference] = None
    related_party: Many[Party] = ()
    amount_due: Maybe[MoneyValue] = None
    remaining_amount: Maybe[MoneyValue] = None
    tax_included_amount: Maybe[MoneyValue] = None
    tax_item: Many[TaxItem] = ()
    state: Word = None


class AppliedRate(Resource):
    """AppliedCustomerBillingRate: one item, of a bill or not billed yet."""

    id: Text = ""
    href: Word = None
    name: Word = None
    description: Word = None
    type: Word = None
    date: Day = None
    is_billed: Maybe[bool] = None
    bill: Maybe[Reference] = None
    billing_account: Maybe[Reference] = None
    period_coverage: Maybe[Period] = None
    product: Maybe[Reference] = None
    tax_included_amount: Maybe[MoneyValue] = None
    tax_excluded_amount: Maybe[MoneyValue] = None
    applied_tax: Many[TaxItem] = ()

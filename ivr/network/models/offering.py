"""TMF620 Product Catalog v4: product offerings and their prices."""

from __future__ import annotations

from ivr.network.models.common import MoneyValue, Reference, Resource
from ivr.network.models.tolerant import Many, Maybe, Text, Word

BASE = "/tmf-api/productCatalogManagement/v4"
ONE_TIME, RECURRING = "oneTime", "recurring"
"""Price types."""


class PriceValue(Resource):
    """ProductPriceValue."""

    tax_included_amount: Maybe[MoneyValue] = None
    duty_free_amount: Maybe[MoneyValue] = None


class OfferedPrice(Resource):
    """ProductOfferingPriceRefOrValue: a price, or a reference to one (only its id)."""

    id: Word = None
    href: Word = None
    name: Word = None
    price_type: Word = None
    recurring_charge_period: Word = None
    recurring_charge_period_length: Maybe[int] = None
    price: Maybe[PriceValue] = None


class OfferingPrice(Resource):
    """ProductOfferingPrice: a separate price."""

    id: Text = ""
    href: Word = None
    name: Word = None
    price_type: Word = None
    recurring_charge_period_type: Word = None
    recurring_charge_period_length: Maybe[int] = None
    price: Maybe[MoneyValue] = None


class ProductOffering(Resource):
    id: Text = ""
    href: Word = None
    name: Word = None
    description: Word = None
    lifecycle_status: Word = None
    is_sellable: Maybe[bool] = None
    category: Many[Reference] = ()
    product_offering_price: Many[OfferedPrice] = ()

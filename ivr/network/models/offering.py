"""TMF620 Product Catalog v4: what is sold, and its prices."""

from __future__ import annotations

from ivr.network.models.common import MoneyValue, Reference, Resource

BASE = "/tmf-api/productCatalogManagement/v4"
ONE_TIME, RECURRING = "oneTime", "recurring"
"""Price types."""


class PriceValue(Resource):
    """ProductPriceValue."""

    tax_included_amount: MoneyValue | None = None
    duty_free_amount: MoneyValue | None = None


class OfferedPrice(Resource):
    """ProductOfferingPriceRefOrValue: a price, or by its id alone a reference to one."""

    id: str | None = None
    href: str | None = None
    name: str | None = None
    price_type: str | None = None
    recurring_charge_period: str | None = None
    recurring_charge_period_length: int | None = None
    price: PriceValue | None = None


class OfferingPrice(Resource):
    """ProductOfferingPrice: a price of its own."""

    id: str
    href: str | None = None
    name: str | None = None
    price_type: str | None = None
    recurring_charge_period_type: str | None = None
    recurring_charge_period_length: int | None = None
    price: MoneyValue | None = None


class ProductOffering(Resource):
    id: str
    href: str | None = None
    name: str | None = None
    description: str | None = None
    lifecycle_status: str | None = None
    is_sellable: bool | None = None
    category: tuple[Reference, ...] = ()
    product_offering_price: tuple[OfferedPrice, ...] = ()

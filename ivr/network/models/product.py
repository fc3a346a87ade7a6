"""TMF637 Product Inventory v4: a number's contract, where suspension lives."""

from __future__ import annotations

from enum import StrEnum

from ivr.network.models.common import Party, Reference, Resource

BASE = "/tmf-api/productInventory/v4"


class ProductStatus(StrEnum):
    CREATED = "created"
    PENDING_ACTIVE = "pendingActive"
    CANCELLED = "cancelled"
    ACTIVE = "active"
    PENDING_TERMINATE = "pendingTerminate"
    TERMINATED = "terminated"
    SUSPENDED = "suspended"
    ABORTED = "aborted "
    """With the space that the published definition has."""


class ProductUpdate(Resource):
    """Product_Update: what is patched."""

    status: ProductStatus


class Product(Resource):
    """``product_serial_number`` is the subscriber's number."""

    id: str
    href: str | None = None
    name: str | None = None
    product_serial_number: str | None = None
    product_specification: Reference | None = None
    related_party: tuple[Party, ...] = ()
    status: ProductStatus | None = None

"""TMF637 Product Inventory v4: a number's contract, whose status includes suspension."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ivr.network.models.common import Party, Reference, Resource
from ivr.network.models.tolerant import Day, Many, Maybe, Text, Word, word_reader

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
    """The published definition has the trailing space."""


Status = Annotated[
    ProductStatus | None,
    word_reader(ProductStatus, {"canceled": ProductStatus.CANCELLED}),
]


class ProductUpdate(Resource):
    """Product_Update: the body of a PATCH."""

    status: ProductStatus


class Product(Resource):
    """``product_serial_number`` is the subscriber's number."""

    id: Text = ""
    href: Word = None
    name: Word = None
    product_serial_number: Word = None
    product_specification: Maybe[Reference] = None
    related_party: Many[Party] = ()
    start_date: Day = None
    status: Status = None

"""Check each list of the operator's network with a request, for ``ivr doctor``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from ivr.errors import TemporarilyUnavailable
from ivr.network import pages
from ivr.network.activation import SERVICES
from ivr.network.backoffice import TICKETS
from ivr.network.billing import BILLS
from ivr.network.http_client import HttpClient
from ivr.network.inventory import PRODUCTS
from ivr.network.models.activation import ServiceResource
from ivr.network.models.common import Resource
from ivr.network.models.product import Product
from ivr.network.models.service_order import ServiceOrder
from ivr.network.offers import TmForumOffers
from ivr.network.tmforum import ORDERS

SECONDS = 5.0
"""Limit for each list: a person at a terminal waits, not a caller."""
SOME = 5
"""Items of a list that are checked."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of the network: our name for it, its path, and the type of its items."""

    name: str
    path: str
    model: type[Resource] = Resource


ORDERING = Listing("orders", ORDERS, ServiceOrder)
ACTIVATION = Listing("services", SERVICES, ServiceResource)
NUMBERS = Listing("numbers", PRODUCTS, Product)
BILLING, BACK_OFFICE = Listing("bills", BILLS), Listing("requests", TICKETS)


@dataclass(frozen=True, slots=True)
class Probed:
    """The result of checking one list."""

    name: str
    said: str
    is_well: bool


def probe(wire: HttpClient, listing: Listing) -> Probed:
    """Ask for the first items of a list and check them."""
    try:
        answer = wire.get(listing.path, time.monotonic() + SECONDS, limit=str(SOME))
        if answer.missing:
            return Probed(listing.name, f"there is nothing at {listing.path} (404)", False)
        items = list(pages.items_of(wire, answer))[:SOME]
    except TemporarilyUnavailable as error:
        return Probed(listing.name, error.detail or str(error), False)
    odd = list(_odd(items, listing.model))
    if odd:
        return Probed(listing.name, f"answers, with unknown items: {', '.join(odd)}", False)
    return Probed(listing.name, "answers" if items else "answers, but has none", True)


def catalogue(wire: HttpClient) -> Probed:
    """Ask for the whole catalogue, as ``ivr catalogue compare`` does."""
    try:
        sold = TmForumOffers(wire).offers()
    except TemporarilyUnavailable as error:
        return Probed("catalogue", error.detail or str(error), False)
    return Probed("catalogue", f"sells {len(sold) or 'no'} offers", bool(sold))


def _odd(items: list[object], model: type[Resource]) -> Iterator[str]:
    """Yield what cannot be used in some items: invalid fields, or states of the network's own."""
    field = "status" if "status" in model.model_fields else "state"
    for item in items:
        try:
            read = model.model_validate(item)
        except ValidationError:
            yield "an item that is not an object"
            continue
        told = item.get(field) if isinstance(item, dict) else None
        if told is not None and getattr(read, field, told) is None:
            yield f"the {field} {str(told)[:40]!r}"

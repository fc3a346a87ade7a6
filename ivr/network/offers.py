"""What the operator's product catalogue sells, over TMF620."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.network.models import offering
from ivr.network.models.common import MoneyValue
from ivr.network.models.offering import (
    ONE_TIME,
    RECURRING,
    OfferedPrice,
    OfferingPrice,
    ProductOffering,
)
from ivr.network.wire import Wire
from ivr.ports import SoldOffer
from ivr.values import Money

PATIENCE = 30.0
"""Seconds for the whole catalogue: it is a person at a terminal who waits."""
PAGE = 100
OFFERINGS = f"{offering.BASE}/productOffering"
PRICES = f"{offering.BASE}/productOfferingPrice"
ON_SALE = frozenset({None, "", "active", "launched"})
"""Lifecycle states, in lower case, in which an offering is sold."""


@dataclass(frozen=True)
class TmForumOffers:
    """Implements ``ivr.ports.Sold``."""

    wire: Wire
    patience: float = PATIENCE

    def offers(self) -> Sequence[SoldOffer]:
        until = time.monotonic() + self.patience
        found: dict[str, ProductOffering] = {}
        while True:
            query = {"offset": str(len(found)), "limit": str(PAGE)}
            page = self.wire.read_list(ProductOffering, self.wire.get(OFFERINGS, until, **query))
            fresh = {each.id: each for each in page if each.id not in found}
            found |= fresh
            if len(page) < PAGE or not fresh:
                break
        return [
            self._offer(each, until)
            for each in found.values()
            if (each.lifecycle_status or "").lower() in ON_SALE
        ]

    def _offer(self, sold: ProductOffering, until: float) -> SoldOffer:
        once = monthly = Money(0)
        for price in sold.product_offering_price:
            kind, amount = self._price(sold.id, price, until)
            if kind == ONE_TIME.lower():
                once += amount
            elif kind == RECURRING.lower():
                monthly += amount
        return SoldOffer(sold.id, sold.name or "", once, monthly)

    def _price(self, sold: str, price: OfferedPrice, until: float) -> tuple[str, Money]:
        value: MoneyValue | None
        kind = price.price_type
        if price.price is not None:
            value = price.price.tax_included_amount or price.price.duty_free_amount
        else:
            answer = self.wire.get(f"{PRICES}/{price.id}", until)
            referred = self.wire.read(OfferingPrice, answer)
            kind, value = referred.price_type, referred.price
        try:
            return (kind or "").lower(), (value or MoneyValue()).money()
        except ValueError as error:
            raise self.wire.unavailable(f"price of '{sold}': {error}") from None

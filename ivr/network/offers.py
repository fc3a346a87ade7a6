"""Read the offers of the operator's product catalogue over TMF620."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from ivr.domain.services import SoldOffer
from ivr.domain.values import Money
from ivr.network.http_client import HttpClient
from ivr.network.location import segment
from ivr.network.models import offering
from ivr.network.models.common import MoneyValue
from ivr.network.models.offering import (
    ONE_TIME,
    RECURRING,
    OfferedPrice,
    OfferingPrice,
    ProductOffering,
)
from ivr.network.models.tolerant import spelled
from ivr.ports.business import Sold

log = structlog.get_logger()

PATIENCE = 30.0
"""Limit in seconds for the whole catalogue: a person at a terminal waits, not a caller."""
PAGE = 100
OFFERINGS = f"{offering.BASE}/productOffering"
PRICES = f"{offering.BASE}/productOfferingPrice"
OURS = ("tariff.", "service.", "package.")
"""Prefixes of the ids that are compared."""
ON_SALE = frozenset({None, "", "active", "launched"})
"""Lifecycle states, in lower case, in which an offering is sold."""


@dataclass(frozen=True)
class TmForumOffers(Sold):
    wire: HttpClient
    patience: float = PATIENCE

    def offers(self) -> Sequence[SoldOffer]:
        until = time.monotonic() + self.patience
        sold = self.wire.each(ProductOffering, OFFERINGS, until, limit=str(PAGE))
        on_sale = [
            each for each in sold if each.id and (each.lifecycle_status or "").lower() in ON_SALE
        ]
        return [offer for each in on_sale if (offer := self._offer(each, until)) is not None]

    def _offer(self, sold: ProductOffering, until: float) -> SoldOffer | None:
        """Return an offer with its prices; None: a foreign offer without prices in our currency.

        TemporarilyUnavailable: a price of one of OURS cannot be read.
        """
        once = monthly = Money(0)
        for price in sold.product_offering_price:
            try:
                kind, amount = self._price(price, until)
            except ValueError as error:
                if not sold.id.startswith(OURS):
                    log.warning("an offer is ignored", reason=str(error))
                    return None
                raise self.wire.unavailable(
                    f"the price of '{sold.id}' cannot be read: {error}"
                ) from None
            if kind == spelled(ONE_TIME):
                once += amount
            elif kind == spelled(RECURRING):
                monthly += amount
        return SoldOffer(sold.id, sold.name or "", once, monthly)

    def _price(self, price: OfferedPrice, until: float) -> tuple[str, Money]:
        """Return the type and amount of a price. ValueError: it is no amount in our currency."""
        value: MoneyValue | None
        kind = price.price_type
        if price.price is not None:
            value = price.price.tax_included_amount or price.price.duty_free_amount
        else:
            answer = self.wire.get(f"{PRICES}/{segment(price.id or '')}", until)
            referred = self.wire.read(OfferingPrice, answer)
            kind, value = referred.price_type, referred.price
        return spelled(kind or ""), (value or MoneyValue()).money()

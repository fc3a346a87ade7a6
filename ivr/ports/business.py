"""The operator's bills and back office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from ivr.domain.orders import NetworkAnswer, Order
from ivr.domain.payments import Bill
from ivr.domain.services import SoldOffer
from ivr.domain.values import Msisdn


class Bills(Protocol):
    """Bills from the operator's billing system (TMF678)."""

    def bill(self, number: Msisdn, month: date) -> Bill | None:
        """Return the bill of the month that contains ``month``; None: there is no bill."""
        ...


class Sold(Protocol):
    """The operator's product catalogue (TMF620)."""

    def offers(self) -> Sequence[SoldOffer]:
        """Return everything that is sold now."""
        ...


class BackOffice(Protocol):
    """Requests that the staff of the back office carry out (TMF621)."""

    def request(
        self, reference: str, kind: str, numbers: Sequence[Msisdn], text: str, *, send: bool = True
    ) -> str:
        """Send a request; return the number that the back office gave it.

        ``reference`` is the operation key: the same key means the same request. ``kind`` is one
        word (``merge-accounts``). ``text`` is for the staff to read and holds no secrets. If
        ``send`` is False, only look for the request. Raise NotSettled with Sent.NOT if the request
        was not sent; after any other TemporarilyUnavailable the back office may have it.
        """
        ...


class OrderStatusQuery(Protocol):
    """Queries the outcome of orders that were sent to the network."""

    def outcome(self, order: Order) -> NetworkAnswer | None:
        """Ask the network without sending the order again.

        Return None if the order has not ended, or the network does not know it.
        """
        ...

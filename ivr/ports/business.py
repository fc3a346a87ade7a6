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
    """Bills as billing draws them up (TMF678)."""

    def bill(self, number: Msisdn, month: date) -> Bill | None:
        """The bill of the month in which ``month`` lies; None: there is none."""
        ...


class Sold(Protocol):
    """The operator's product catalogue (TMF620)."""

    def offers(self) -> Sequence[SoldOffer]:
        """All that is sold now."""
        ...


class BackOffice(Protocol):
    """Requests that people of the back office carry out (TMF621)."""

    def request(
        self, reference: str, kind: str, numbers: Sequence[Msisdn], text: str, *, send: bool = True
    ) -> str:
        """Leave a request; answers the number under which it is known.

        ``reference`` is the key of its operation: the same one is the same request.
        ``kind`` is one word (``merge-accounts``); ``text`` is what people read, without secrets.
        Without ``send`` it is only looked for. NotSettled with NOT: it did not leave; any other
        TemporarilyUnavailable: it may be there.
        """
        ...


class OrderStatusQuery(Protocol):
    """What became of orders that were sent to the network."""

    def outcome(self, order: Order) -> NetworkAnswer | None:
        """Ask, without sending anything. None: it has not ended, or is not known there."""
        ...

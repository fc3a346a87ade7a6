"""The business systems behind: bills, what is sold, requests to the back office.

Each raises TemporarilyUnavailable with its own name: ``billing``, ``catalogue``, ``back office``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ivr.ports.records import NetworkAnswer, Order
from ivr.values import Money, Msisdn

TAX = "account.bill.tax"
"""The item of a line for the tax that billing tells of a bill as a whole: its text key."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """One item of a bill."""

    item: str
    """A text key where the operator's catalogue knows it (``tariff.oba``, ``service.mms``); else
    empty."""
    name: str
    """The words of billing itself."""
    amount: Money


@dataclass(frozen=True, slots=True)
class Bill:
    """What a month costs. ``total`` is the sum of the lines."""

    month: date
    """Its first day."""
    number: str
    """Of the bill; empty while the month is not billed yet."""
    lines: tuple[BillLine, ...]
    total: Money
    due: Money
    """What is still to be paid of it."""


class Bills(Protocol):
    """Bills as billing draws them up (TMF678)."""

    def bill(self, number: Msisdn, month: date) -> Bill | None:
        """The bill of the month in which ``month`` lies; None: there is none."""
        ...


@dataclass(frozen=True, slots=True)
class SoldOffer:
    """What the operator's product catalogue sells."""

    id: str
    name: str
    once: Money
    monthly: Money


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

        ``reference`` (``call:step``) is the idempotency key: the same one is the same request.
        ``kind`` is one word (``merge-accounts``); ``text`` is what people read, without secrets.
        Without ``send`` it is only looked for. NotSettled with NOT: it did not leave; any other
        TemporarilyUnavailable: it may be there.
        """
        ...


class Outcomes(Protocol):
    """What became of orders that were sent to the network."""

    def outcome(self, order: Order) -> NetworkAnswer | None:
        """Ask, without sending anything. None: it has not ended, or is not known there."""
        ...

"""Payments and bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from ivr.domain.values import Money, Msisdn

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


@dataclass(frozen=True, slots=True)
class BillItem:
    """One line of the bill: ``item`` is a text key (``tariff.oba``, ``service.mms``); where it
    is empty, ``name`` has the words."""

    item: str
    amount: Money
    name: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came onto the account."""

    day: date
    """Local."""
    amount: Money


class PaymentRow(NamedTuple):
    """A payment as billing reports it."""

    number: Msisdn
    at: datetime
    amount: Money
    reference: str = ""
    """What billing calls it; empty: it has no name."""

    @property
    def equal(self) -> tuple[Msisdn, datetime, Money]:
        """What is the same in payments that cannot be told apart without a reference."""
        return self.number, self.at, self.amount


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment that is kept. ``ordinal`` counts its equals."""

    row: PaymentRow
    ordinal: int

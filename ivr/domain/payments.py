"""Payments and bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from ivr.domain.values import Money, Msisdn

TAX = "account.bill.tax"
"""Text key of the bill line for tax that billing reports for the whole bill."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill."""

    item: str
    """A text key if the operator's catalogue has the item (``tariff.oba``, ``service.mms``), else
    empty."""
    amount: Money
    name: str = ""
    """The name given by billing: the words for a line without ``item``."""


@dataclass(frozen=True, slots=True)
class Bill:
    """The bill of a month. ``total`` is the sum of the lines."""

    month: date
    """Its first day."""
    number: str
    """The number of the bill; empty while the month is not billed yet."""
    lines: tuple[BillLine, ...]
    total: Money
    due: Money
    """The unpaid part."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to the account."""

    day: date
    """Local."""
    amount: Money


class PaymentRow(NamedTuple):
    """A payment as billing reports it."""

    number: Msisdn
    at: datetime
    amount: Money
    reference: str = ""
    """The reference given by billing; empty: none."""

    @property
    def equal(self) -> tuple[Msisdn, datetime, Money]:
        """The key of equal payments: without a reference they cannot be told apart."""
        return self.number, self.at, self.amount


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A stored payment. ``ordinal`` counts equal payments."""

    row: PaymentRow
    ordinal: int

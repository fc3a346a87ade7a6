"""Rows of imported files, and the results of imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A subscriber as given in the file. None as passport or PUK: the file does not have it.

    None as ``services`` or a text: the file has no such column.
    """

    msisdn: Msisdn
    full_name: str
    passport: Secret | None
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: frozenset[ServiceId] | None
    puk: Secret | None
    company: str | None
    tax_number: str | None = None
    address: str | None = None
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import of subscribers."""

    rows: int
    changed_hands: int = 0
    """Number of telephone numbers that got a new owner."""
    kept: int = field(default=0, compare=False)
    """Services and states that differ from the file, because orders changed them after it was
    made. They were not overwritten."""
    since: datetime | None = field(default=None, compare=False)
    """Changes by orders after this time were kept."""


@dataclass(frozen=True, slots=True)
class PaymentsImported:
    new: int
    known: int


@dataclass(frozen=True, slots=True)
class PackagesImported:
    updated: int
    over: int
    """Packages that no number has now."""

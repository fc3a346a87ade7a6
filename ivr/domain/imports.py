"""What is imported from files, and the facts of an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A subscriber as the file has it. Empty passport or PUK: the file does not know.

    None of ``services`` and of texts: the file has no such column.
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
    """What an import of subscribers did."""

    rows: int
    changed_hands: int = 0
    """Numbers that have another owner now than before."""
    kept: int = field(default=0, compare=False)
    """Services and states that the file has otherwise, changed by orders since it was made."""
    since: datetime | None = field(default=None, compare=False)
    """What orders changed after this time was kept."""


@dataclass(frozen=True, slots=True)
class PaymentsImported:
    new: int
    known: int


@dataclass(frozen=True, slots=True)
class PackagesImported:
    updated: int
    over: int
    """Packages that no number has now."""

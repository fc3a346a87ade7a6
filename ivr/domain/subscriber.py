"""A subscriber: the row in the database, and the account as others see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ivr.domain.services import Characteristics, Unit
from ivr.domain.values import Language, Money, Msisdn, ServiceId


@dataclass(frozen=True, slots=True)
class ActiveService:
    """A service that is on."""

    service: ServiceId
    since: date | None = None
    """The day on which it was switched on, local; None: not known."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a subscriber may hear about the number. No secret is in it."""

    number: Msisdn
    full_name: str
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: tuple[ActiveService, ...]
    """Those that are on, in the catalogue's order."""
    packages: tuple[OwnedPackage, ...] = ()
    """Those that last, of all services."""
    company: str = ""
    vip: bool = False
    """A key customer: first in the agents' queue."""


class NoPuk(StrEnum):
    """Why a PUK is not told. Each has a text of its own: ``puk.<reason>``."""

    UNKNOWN = "unknown"
    OFFICE = "office"
    """It was told too often today."""
    TWICE = "twice"
    """It was told twice in this call."""


@dataclass(frozen=True, slots=True)
class ActiveServiceRecord:
    """A service that is on."""

    since: datetime | None = None
    """When it was switched on; None: before this database knew."""
    value: Characteristics = ()


@dataclass(frozen=True, slots=True)
class HeldPackage:
    """A package that was bought."""

    service: ServiceId
    package: str
    left: int
    """In the catalogue's unit of the service."""
    until: datetime
    """From then on it is over."""
    order: str = ""
    """Id of the order that bought it."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A row of the subscriber database without its secrets."""

    msisdn: Msisdn
    full_name: str
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: Mapping[ServiceId, ActiveServiceRecord]
    """Those that are on."""
    company: str = ""
    packages: tuple[HeldPackage, ...] = ()
    """Those that may still last, the first to end first."""
    owner_since: datetime | None = None
    """When the number changed hands; None: not since this database knows it."""
    tax_number: str = ""
    """Of the payer; empty: not known. Likewise the next two."""
    address: str = ""
    contract: str = ""
    """The number of the contract."""


@dataclass(frozen=True, slots=True)
class Verifiers:
    """What secrets are compared with. All are keyed or salted hashes; None: not set."""

    codeword: str | None = None
    """argon2id of the folded word."""
    keys_latin: str | None = None
    """argon2id of the word's key digits, written in Latin letters."""
    keys_cyrillic: str | None = None
    passport: str | None = None
    """Keyed hash (HMAC-SHA256 with the pepper) of the passport's eight keys and the number."""


class Status(StrEnum):
    """State of a subscriber's number."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    """Financially blocked."""
    INACTIVE = "inactive"
    """Blocked for inactivity."""
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class OwnedPackage:
    """A package that a number has."""

    service: ServiceId
    package: str
    unit: Unit
    left: int
    until: date
    """The last day of it, local."""

"""A subscriber, and what the number has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.services import Characteristics
from ivr.domain.values import Language, Money, Msisdn, ServiceId


class NoPuk(StrEnum):
    """Why a PUK is not told. Each has a text of its own: ``puk.<reason>``."""

    UNKNOWN = "unknown"
    OFFICE = "office"
    """It was told too often today."""
    TWICE = "twice"
    """It was told twice in this call."""


@dataclass(frozen=True, slots=True)
class PukBound:
    """How often a PUK may be told: ``to_actor`` times to one actor (a call), and ``most`` times
    to the present owner since ``since``."""

    to_actor: int
    since: datetime
    most: int


@dataclass(frozen=True, slots=True)
class ActiveService:
    """A service that is on."""

    since: datetime | None = None
    """When it was switched on; None: before this database had the number."""
    value: Characteristics = ()


@dataclass(frozen=True, slots=True)
class OwnedPackage:
    """A package that was bought."""

    service: ServiceId
    package: str
    left: int
    """Remaining volume, in the catalogue's unit of the service."""
    until: datetime
    """When the package ends."""
    order: str = ""
    """Id of the order that bought it."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscriber as the database has it, without secrets."""

    msisdn: Msisdn
    full_name: str
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: Mapping[ServiceId, ActiveService]
    """Services that are on."""
    company: str = ""
    packages: tuple[OwnedPackage, ...] = ()
    """Packages that may still be valid, earliest end first."""
    owner_since: datetime | None = None
    """When the number got its present owner; None: before this database had the number."""
    tax_number: str = ""
    """Tax number of the payer; empty: unknown. Likewise the next two."""
    address: str = ""
    contract: str = ""
    """The number of the contract."""


@dataclass(frozen=True, slots=True)
class Verifiers:
    """Hashes with which secrets are compared, all keyed or salted. None: not set."""

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

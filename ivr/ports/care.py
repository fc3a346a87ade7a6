"""What the line can do for a subscriber, whoever asks: identification, services, accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from ivr.call import Means, Origin
from ivr.ports.callbacks import Callbacks
from ivr.ports.invoices import Invoices
from ivr.ports.proof import Proof
from ivr.ports.services import (
    Moment,
    OwnedPackage,
    Package,
    Status,
    Subscriptions,
    in_silence,
)
from ivr.values import Language, Money, Msisdn, Secret, ServiceId

if TYPE_CHECKING:
    from ivr.ports.requests import Requests
from ivr.ports.messages import Outbox, Promises


class Standing(StrEnum):
    """Whether identification for a number may be tried now."""

    OPEN = "open"
    SPENT = "spent"
    """The tries of this call are used up."""
    CODEWORD = "codeword"
    """This caller may try code words only: too many callers of this kind have failed."""
    STOPPED = "stopped"
    """This caller may not try, for whatever number: too many such callers, or this one, failed."""
    LOCKED = "locked"
    """This kind of caller failed too often for this number; a code by text message ends it."""
    OFFICE = "office"
    """Likewise too often in a row: no time ends it, an office or a code does."""


class Verdict(StrEnum):
    """The result of one try. NO_MATCH covers unknown number and no code word set too."""

    MATCH = "match"
    NO_MATCH = "no-match"
    LOCKED = "locked"
    """This try made, or met, a lock or the end of the call's tries."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to prove a right to ``number``, by ``means``, in a call from ``origin``."""

    call: str
    number: Msisdn
    origin: Origin
    means: Means


class Identification(Protocol):
    """Checks code words and passports; the only place where secrets are compared."""

    def standing(self, call: str, number: Msisdn, origin: Origin) -> Standing:
        """Whether a caller may try now to prove a right to a number."""
        ...

    def proof(self, number: Msisdn) -> Proof | None:
        """What a proof holds for now; None: no such number, or it is terminated."""
        ...

    def check(self, attempt: Attempt, secret: Secret, moment: Moment = in_silence) -> Verdict:
        """Same words and same time for every kind of failure.

        ``moment`` is called once if many identify just now and there is no answer after 1.5 s.
        TemporarilyUnavailable "identification": too many do, and this was no try.
        """
        ...


class CodeSent(StrEnum):
    """What became of the wish for a code by text message. Each has a text of its own."""

    SENT = "sent"
    """It is written down; the number gets it if it is a subscriber's."""
    ENOUGH = "enough"
    """The number has had as many codes today as are allowed."""
    NOT_LOCKED = "open"
    """There is no lock that a code could end."""


class Codes(Protocol):
    """One-time codes by text message that end a lock. They prove no right to a number."""

    def send(self, number: Msisdn, origin: Origin) -> CodeSent:
        """Write a code to the number. Same words and same time whether it is a subscriber's."""
        ...

    def check(self, number: Msisdn, origin: Origin, secret: Secret) -> bool:
        """Whether the code is right; the failures of this kind of caller are then forgotten."""
        ...


class Numbering(Protocol):
    """The national numbering plan."""

    def parse(self, keyed: str) -> Msisdn | None:
        """A mobile number in any of its forms (66…, 8 66…, 993…, 00993…), else None."""
        ...

    def dialled(self, keyed: str) -> str | None:
        """A mobile or city number, also of another country, with its country code; else None."""
        ...

    def complete(self, keyed: str) -> bool:
        """No more digits can belong to this number."""
        ...


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


class Accounts(Protocol):
    def account(self, number: Msisdn) -> Account | None: ...

    def bill(self, number: Msisdn, months_ago: int = 0) -> tuple[BillItem, ...]:
        """The items of this month (0) or the last (1); their sum is the bill. None: there is no
        bill of that month."""
        ...

    def payments(self, number: Msisdn) -> tuple[Payment, ...]:
        """The last five, newest first."""
        ...


class NoPuk(StrEnum):
    """Why a PUK is not told. Each has a text of its own: ``puk.<reason>``."""

    UNKNOWN = "unknown"
    OFFICE = "office"
    """It was told too often today."""
    TWICE = "twice"
    """It was told twice in this call."""


class Puks(Protocol):
    """PUKs of SIM cards, for identified callers only."""

    def tell(self, call: str, number: Msisdn) -> Secret | NoPuk:
        """The PUK of a number; that it is told now is written down before."""
        ...


@dataclass(frozen=True, slots=True)
class Priced:
    """A service or package with what it costs."""

    service: ServiceId
    once: Money
    monthly: Money
    package: Package | None = None


class Information(Protocol):
    """What anyone may hear, from the operator's data; never from the database."""

    def news(self) -> tuple[str, ...]:
        """Keys of the texts of the news that hold today, newest first."""
        ...

    def tariffs(self) -> tuple[tuple[str, Money], ...]:
        """The tariffs' ids with their monthly fees, in the catalogue's order."""
        ...

    def prices(self) -> tuple[Priced, ...]:
        """What can be had, in the catalogue's order."""
        ...

    def announcement(self) -> Mapping[Language, str] | None:
        """The words of an emergency announcement that holds now."""
        ...


class Callers(Protocol):
    """What the line remembers of a calling number."""

    def language(self, caller: Msisdn) -> Language | None: ...

    def remember(self, caller: Msisdn, language: Language) -> None: ...


@dataclass(frozen=True, slots=True)
class Care:
    """Everything that a dialogue can do for a subscriber."""

    identification: Identification
    codes: Codes
    numbering: Numbering
    subscriptions: Subscriptions
    accounts: Accounts
    puks: Puks
    information: Information
    callers: Callers
    callbacks: Callbacks
    requests: Requests
    outbox: Outbox
    promises: Promises
    invoices: Invoices

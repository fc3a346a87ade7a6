"""What the line can do for a subscriber, whoever asks: identification, services, accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from ivr.call import Call, Means
from ivr.ports.invoices import Invoices
from ivr.values import Language, Money, Msisdn, Secret, ServiceId

if TYPE_CHECKING:
    from ivr.ports.requests import Requests
from ivr.ports.messages import Outbox, Promises


class Standing(StrEnum):
    """Whether identification for a number may be tried now."""

    OPEN = "open"
    SPENT = "spent"
    """The tries of this call are used up."""
    LOCKED = "locked"
    OFFICE = "office"
    """Too many failures in a row: only an office can end it."""


class Verdict(StrEnum):
    """The result of one try. NO_MATCH covers unknown number and no code word set too."""

    MATCH = "match"
    NO_MATCH = "no-match"
    LOCKED = "locked"
    """This try made, or met, a lock or the end of the call's tries."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to prove a right to ``number``, by ``means``, from ``caller``."""

    call: str
    number: Msisdn
    caller: Msisdn | None
    means: Means


class Identification(Protocol):
    """Checks code words and passports; the only place where secrets are compared."""

    def standing(self, call: str, number: Msisdn, caller: Msisdn | None) -> Standing: ...

    def check(self, attempt: Attempt, secret: Secret) -> Verdict:
        """Same words and same time for every kind of failure."""
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


class Status(StrEnum):
    """State of a subscriber's number."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    """Financially blocked."""
    INACTIVE = "inactive"
    """Blocked for inactivity."""
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class Reason(StrEnum):
    """Why a change is refused. Each has a text of its own: ``refused.<reason>``."""

    TARIFF = "tariff"
    BALANCE = "balance"
    BLOCKED = "blocked"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    ALREADY = "already"
    """It is in the wanted state as it is."""
    EXCLUDED = "excluded"
    """Another service that is on does not go together with it."""
    MOST = "most"
    """As many of it as may be had at once are there."""
    SOON = "soon"
    """It was changed too short a time ago."""
    HOURS = "hours"
    """Changes of it are made at other hours."""
    ITSELF = "itself"
    """A number that is to be forwarded to itself."""
    FOREIGN = "foreign"
    """A number abroad."""
    PREMIUM = "premium"
    """A number that costs more than a call."""
    LOOP = "loop"
    """A number that is itself forwarded here."""
    PENDING = "pending"
    """An earlier order for the same is still to be carried out."""
    NETWORK = "network"
    """The operator's network said no."""
    UNKNOWN = "unknown"
    """No such subscriber or service."""


Unit = Literal["megabytes", "messages"]
"""What a package is counted in."""

FORWARDING = ServiceId("forwarding")
"""Set to the numbers that calls are forwarded to, by kind (3GPP TS 22.082): ``always``, ``busy``,
``no-answer``, ``unreachable``; ``no-answer-seconds`` is 5 to 30."""

SUSPENSION = ServiceId("suspension")
"""The number's own suspension, ordered like a service: on = suspended."""

INACTIVITY = ServiceId("inactivity")
"""The network's block of a number that was not used, ordered like a service: on = blocked."""


Characteristics = tuple[tuple[str, str], ...]
"""What a service is set to, as names and values (TMF641 ``serviceCharacteristic``):
``(("number", "99366300890"),)``."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item of an order: the wanted state, never "toggle"."""

    service: ServiceId
    on: bool
    value: Characteristics = ()
    """What it is to be set to, for a service that has more than on and off."""
    before: Characteristics = ()
    """What it was set to until now; with ``on``: the change is one of the value only."""

    @property
    def is_new_value(self) -> bool:
        """The service is on already and gets another value."""
        return self.on and bool(self.before)

    @property
    def opposite(self) -> Change:
        """The change that puts everything back."""
        was_on = bool(self.before) or not self.on
        return Change(self.service, was_on, self.before, self.value)


@dataclass(frozen=True, slots=True)
class Offer:
    """A change that can be made now, with what it brings along and what it costs.

    ``changes`` has the asked one last: after what it requires, or after what needed it.
    """

    changes: tuple[Change, ...]
    once: Money
    """Taken from the balance on activation, for all changes together."""
    monthly: Money
    """Monthly fees of all that is switched on."""
    idle: tuple[ServiceId, ...] = ()
    """Services with paid packages that cannot be used while what they require is off."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of each day, local time: from ``opens`` until before ``closes``."""

    opens: time
    closes: time
    """00:00 is midnight at the end of the day."""

    def include(self, moment: time) -> bool:
        """Whether a time of day is in it; hours over midnight too."""
        if self.opens < self.closes:
            return self.opens <= moment < self.closes
        return moment >= self.opens or moment < self.closes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change is not made, with what its sentence names."""

    reason: Reason
    other: ServiceId | None = None
    """For EXCLUDED: the service that stands against it."""
    hours: Hours | None = None
    """For HOURS: when changes are made."""
    until: date | None = None
    """For SOON: the day from which it may be changed again."""


class Settled(StrEnum):
    """What became of an order while the caller waited."""

    DONE = "done"
    ACCEPTED = "accepted"
    """Written down; it will be carried out."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an order; ``order`` is its id."""

    settled: Settled
    order: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is sold: so much for so many days."""

    id: str
    volume: int
    unit: Unit
    price: Money
    days: int


@dataclass(frozen=True, slots=True)
class OwnedPackage:
    """A package that a number has."""

    service: ServiceId
    package: str
    unit: Unit
    left: int
    until: date
    """The last day of it, local."""


Moment = Callable[[], None]
"""Told that it takes a moment: says so to the caller."""


def in_silence() -> None:
    """Nobody waits who must be told."""


class Subscriptions(Protocol):
    """Services of a number: what there is, what is on, and changing it."""

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        """The switchable services of one group of the catalogue, most used first."""
        ...

    def packages(self, service: ServiceId) -> tuple[Package, ...]:
        """What is sold of a service that comes in packages, in the catalogue's order."""
        ...

    def owned(self, number: Msisdn, service: ServiceId) -> tuple[OwnedPackage, ...]:
        """The packages of a service that a number has now, the first to end first."""
        ...

    def value(self, number: Msisdn, service: ServiceId) -> Characteristics:
        """What a service is set to; empty if it is off or has no more than on and off."""
        ...

    def states(self, number: Msisdn) -> Mapping[ServiceId, bool]:
        """Every switchable service of the catalogue (and SUSPENSION), on or off."""
        ...

    def offer(self, number: Msisdn, wanted: Change) -> Offer | Refusal:
        """What the change would take; nothing is written."""
        ...

    def order(
        self, call: str, step: int, number: Msisdn, offer: Offer, moment: Moment = in_silence
    ) -> Receipt:
        """Write the confirmed change down, then carry it out (8 s at most).

        ``call`` and ``step`` are the idempotency key: the same key never acts twice. ``moment`` is
        called once if there is no answer after 1.5 s; the network is being asked meanwhile, and
        goes on being asked if ``moment`` raises CallerHungUp.
        """
        ...

    def undo(
        self, call: str, step: int, number: Msisdn, order: str, moment: Moment = in_silence
    ) -> Receipt:
        """Put back what ``order`` changed in this call, its fee included."""
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
        """The items of this month (0) or the last (1); their sum is the bill."""
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


class Callbacks(Protocol):
    def leave(self, call: Call, number: Msisdn) -> None:
        """Keep a number to be called back, with the call's language and reason."""
        ...


@dataclass(frozen=True, slots=True)
class Care:
    """Everything that a dialogue can do for a subscriber."""

    identification: Identification
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

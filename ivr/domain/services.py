"""Services of a number: a change, its offer or refusal, and its receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from ivr.domain.call import Evidence
from ivr.domain.hours import Hours
from ivr.domain.values import Money, ServiceId


@dataclass(frozen=True, slots=True)
class SoldOffer:
    """What the operator's product catalogue sells."""

    id: str
    name: str
    once: Money
    monthly: Money


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A service or package with what it costs."""

    service: ServiceId
    once: Money
    monthly: Money
    package: Package | None = None


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
    LINE = "line"
    """The number of this line itself."""
    LOOP = "loop"
    """A number that is itself forwarded here."""
    PENDING = "pending"
    """An earlier order for the same is still to be carried out."""
    CHANGED = "changed"
    """Something that the offer was made of has changed since it was told."""
    USED = "used"
    """A package that was used, even a little, is not taken back."""
    WITHDRAWN = "withdrawn"
    """It was undone or stopped before it was carried out."""
    UNTOLD = "untold"
    """It was held until the owner is told of it, and the owner could not be told."""
    NETWORK = "network"
    """The operator's network said no."""
    UNKNOWN = "unknown"
    """No such subscriber or service."""


NOT_DIALLED = (Reason.FOREIGN, Reason.PREMIUM, Reason.LINE)
"""Why neither the line nor an agent dials a number."""


Unit = Literal["megabytes", "messages"]
"""What a package is counted in."""


FORWARDING = ServiceId("forwarding")
"""Set to the numbers that calls are forwarded to, by kind (3GPP TS 22.082): ``always``, ``busy``,
``no-answer``, ``unreachable``; ``no-answer-seconds`` is 5 to 30."""


FAVOURITE = ServiceId("favourite")
"""Set to the favourite ``number``."""


SMS = ServiceId("sms")
"""Text messages: by them the owner of a number is told of changes."""


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
    def parts(self) -> frozenset[str]:
        """Names of the parts that it sets or ends."""
        return frozenset(name for name, _ in set(self.value) ^ set(self.before))

    @property
    def asked(self) -> Change:
        """What was asked for: the parts that it sets, an empty value for one that it ends."""
        value = dict(self.value)
        parts = tuple((name, value.get(name, "")) for name in sorted(self.parts))
        return Change(self.service, self.on, parts if self.on else ())

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
    wanted: Change | None = field(default=None, compare=False)
    """What was asked for, in the asker's words; None: the last of ``changes``."""
    due: datetime | None = field(default=None, compare=False)
    """When it takes effect, if it is held until then (UTC)."""


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
    HELD = "held"
    """Written down; it takes effect later, unless it is stopped before."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an order; ``order`` is its id."""

    settled: Settled
    order: str
    reason: Reason | None = None
    due: datetime | None = None
    """For HELD: when it takes effect (UTC)."""
    is_promised: bool = False
    """Its result will be told by text message."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """An order that was placed in a call before another worker took it up."""

    receipt: Receipt
    change: Change
    """The one that was asked for; the others came with it."""


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A change that was ordered and takes effect later, unless it is stopped before."""

    order: str
    change: Change
    due: datetime
    """UTC."""

    @property
    def number(self) -> str | None:
        """The telephone number that the service is to be set to."""
        fresh = set(self.change.value) - set(self.change.before)
        numbers = (value for _, value in sorted(fresh) if value.isdecimal() and len(value) > 5)
        return next(numbers, None)


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is sold: so much for so many days."""

    id: str
    volume: int
    unit: Unit
    price: Money
    days: int


UNQUESTIONED = Evidence()
"""The operator's own people: nothing that they order is held."""


UtcDateTime = Callable[[], None]
"""Told that it takes a moment: says so to the caller."""


def in_silence() -> None:
    """Nobody waits who must be told."""

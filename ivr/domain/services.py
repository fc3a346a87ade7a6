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
    """An offer of the operator's product catalogue."""

    id: str
    name: str
    once: Money
    monthly: Money


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A service or package with its prices."""

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
    """It is already in the wanted state."""
    EXCLUDED = "excluded"
    """Another service that is on excludes it."""
    MOST = "most"
    """The number has the maximum of it already."""
    SOON = "soon"
    """It was changed too recently."""
    HOURS = "hours"
    """It can be changed only at other hours."""
    ITSELF = "itself"
    """The number would be forwarded to itself."""
    FOREIGN = "foreign"
    """The target is a foreign number."""
    PREMIUM = "premium"
    """The target costs more than a normal call."""
    LINE = "line"
    """The target is the number of this line."""
    LOOP = "loop"
    """The target is itself forwarded to this number."""
    PENDING = "pending"
    """An earlier order for the same service is not carried out yet."""
    CHANGED = "changed"
    """The offer would be different now from what the caller was told."""
    USED = "used"
    """The package was used, if only a little, and cannot be returned."""
    WITHDRAWN = "withdrawn"
    """It was undone or stopped before it was carried out."""
    UNTOLD = "untold"
    """It was held until the owner gets a notice, and the notice could not be delivered."""
    NETWORK = "network"
    """The operator's network refused it."""
    UNKNOWN = "unknown"
    """No such subscriber or service."""


NOT_DIALLED = (Reason.FOREIGN, Reason.PREMIUM, Reason.LINE)
"""Reasons for which neither the line nor an agent dials a number."""


Unit = Literal["megabytes", "messages"]
"""The unit of a package's volume."""


FORWARDING = ServiceId("forwarding")
"""Its settings are the targets of forwarding, by kind (3GPP TS 22.082): ``always``, ``busy``,
``no-answer``, ``unreachable``; ``no-answer-seconds`` is 5 to 30."""


FAVOURITE = ServiceId("favourite")
"""Its setting is the favourite ``number``."""


SMS = ServiceId("sms")
"""Text messages, by which the owner of a number gets notices."""


SUSPENSION = ServiceId("suspension")
"""The number's own suspension, ordered like a service: on = suspended."""


INACTIVITY = ServiceId("inactivity")
"""The network's block of a number that was not used, ordered like a service: on = blocked."""


Characteristics = tuple[tuple[str, str], ...]
"""The settings of a service, as names and values (TMF641 ``serviceCharacteristic``):
``(("number", "99366300890"),)``."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item of an order: the wanted state, never "toggle"."""

    service: ServiceId
    on: bool
    value: Characteristics = ()
    """The new settings, for a service that has settings."""
    before: Characteristics = ()
    """The settings until now. With ``on``: only the value changes."""

    @property
    def is_new_value(self) -> bool:
        """The service is already on and gets another value."""
        return self.on and bool(self.before)

    @property
    def parts(self) -> frozenset[str]:
        """Names of the parts that the change sets or ends."""
        return frozenset(name for name, _ in set(self.value) ^ set(self.before))

    @property
    def asked(self) -> Change:
        """The change as requested: parts to set, and an empty value for each part to end."""
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
    """A change that can be made now, with the changes that come with it, and the costs.

    ``changes`` has the requested change last, after the services that it requires or, if it is
    switched off, the services that required it.
    """

    changes: tuple[Change, ...]
    once: Money
    """One-time fee of all changes together, taken from the balance on activation."""
    monthly: Money
    """Monthly fees of all services that are switched on."""
    idle: tuple[ServiceId, ...] = ()
    """Services whose paid packages cannot be used while a service they require is off."""
    wanted: Change | None = field(default=None, compare=False)
    """The change in the form in which it was requested; None: the last of ``changes``."""
    due: datetime | None = field(default=None, compare=False)
    """When a held change takes effect (UTC); None: it is not held."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change is not made, with the values for the sentence that says so."""

    reason: Reason
    other: ServiceId | None = None
    """For EXCLUDED: the service that excludes it."""
    hours: Hours | None = None
    """For HOURS: when changes are possible."""
    until: date | None = None
    """For SOON: the first day on which it may be changed again."""


class Settled(StrEnum):
    """The state of an order when the caller has waited for it."""

    DONE = "done"
    ACCEPTED = "accepted"
    """Stored; it will be carried out."""
    HELD = "held"
    """Stored; it takes effect later, unless it is stopped before."""
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
    """The result will be sent by text message."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """An order of a call that was placed before another worker resumed the call."""

    receipt: Receipt
    change: Change
    """The requested change, without the changes that came with it."""


@dataclass(frozen=True, slots=True)
class HeldChange:
    """A change that was ordered and takes effect later, unless it is stopped before."""

    order: str
    change: Change
    due: datetime
    """UTC."""

    @property
    def number(self) -> str | None:
        """The telephone number that the change sets; None: it sets none."""
        fresh = set(self.change.value) - set(self.change.before)
        numbers = (value for _, value in sorted(fresh) if value.isdecimal() and len(value) > 5)
        return next(numbers, None)


@dataclass(frozen=True, slots=True)
class Package:
    """A package on sale: ``volume`` in ``unit``, valid for ``days`` days."""

    id: str
    volume: int
    unit: Unit
    price: Money
    days: int


UNQUESTIONED = Evidence()
"""Evidence for the operator's staff: their orders are never held."""


OnDelay = Callable[[], None]
"""A callback for delays: it tells the caller that the operation takes a moment."""


def no_op() -> None:
    """Do nothing: the callback for operations without a waiting caller."""

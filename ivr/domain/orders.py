"""Orders to the network and their states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ivr.domain.actor import Actor
from ivr.domain.identification import Proof
from ivr.domain.services import Change, Reason, Refusal
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import TemporarilyUnavailable


class Sent(StrEnum):
    """Whether the network may have an order."""

    NOT = "not"
    """It never left, for certain."""
    SENT = "sent"
    """It left, and may have arrived: a gateway's fault or silence does not say that it did not."""
    MISSED = "missed"
    """It left; asked since, the network does not know it (yet)."""
    CONFLICT = "conflict"
    """The network said 409: it has the order already, or does not want it."""
    KNOWN = "known"
    """The network has it: it is never sent again."""


SENDABLE = frozenset({Sent.NOT, Sent.MISSED})
"""In which an order may be sent: never sent, or looked for long enough since."""


class NotSettled(TemporarilyUnavailable):
    """The network has not ended an order yet; ``sent`` is what this try has found out."""

    def __init__(self, what: str, detail: str, sent: Sent) -> None:
        super().__init__(what, detail)
        self.sent = sent

    @classmethod
    def of(cls, error: TemporarilyUnavailable, sent: Sent) -> NotSettled:
        """The same, with what is known of the order."""
        return cls(error.what, error.detail, sent)


class OrderState(StrEnum):
    """TM Forum TMF641 service order states."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Order:
    """A service order. ``external_id`` is the key of the operation that placed it, and what the
    network knows the order by."""

    id: str
    external_id: str
    number: Msisdn
    changes: tuple[Change, ...]
    once: Money
    """Taken from the balance when completed; negative when an undo gives back."""
    state: OrderState
    ordered: datetime
    settled: datetime | None = None
    reason: Reason | None = None
    undoes: str | None = None
    """Id of the order that this one puts back."""
    tries: int = 0
    tried: datetime | None = None
    """When the network was asked last, or was about to be."""
    due: datetime | None = None
    """For HELD: when it takes effect."""
    sent: Sent = Sent.NOT
    sent_at: datetime | None = None
    """Since when ``sent`` is so."""

    actor: Actor = field(kw_only=True)
    """Who ordered it."""

    def is_by_owner(self, since: datetime | None) -> bool:
        """Whether the owner ordered it whose number it is since ``since``, and no former one."""
        return since is None or self.ordered > since


@dataclass(frozen=True, slots=True)
class Situation:
    """What an order is weighed against, as it is under the lock of its subscriber."""

    subscriber: Subscriber | None
    open: tuple[Order, ...] = ()
    """Other orders of the number that are not settled and not held, oldest first."""
    held: tuple[Order, ...] = ()
    """Other orders of the number that are held."""
    undone: Order | None = None
    """The order that this one undoes."""
    undos: tuple[Order, ...] = ()
    """Others that undo the same order, or this one: those that are open or completed."""
    changed: Callable[[ServiceId, frozenset[str]], datetime | None] = lambda _service, _parts: None
    """As ``OrderRepository.last_settled``."""
    proof: Proof | None = None
    """As ``Subscribers.proof``."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is written of an order that nothing stands against."""

    changes: tuple[Change, ...] | None = None
    """What it changes as things are now; None: what the order says."""
    replaces: tuple[str, ...] = ()
    """Ids of the held orders that it cancels."""


Check = Callable[[Situation], Refusal | Weighed]
"""Weighs an order."""


def unweighed(_situation: Situation) -> Weighed:
    """Write an order whatever stands against it."""
    return Weighed()


class NetworkAnswer(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """It will not be carried out any more."""

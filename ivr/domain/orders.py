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
    """The order was certainly not sent."""
    SENT = "sent"
    """It was sent and may have arrived, even after an error or silence of a gateway."""
    MISSED = "missed"
    """It was sent; asked later, the network does not know it (yet)."""
    CONFLICT = "conflict"
    """The network answered 409: it has the order already, or refuses it."""
    KNOWN = "known"
    """The network has it; it is never sent again."""


SENDABLE = frozenset({Sent.NOT, Sent.MISSED})
"""States in which an order may be sent: it was never sent, or the network was asked about it for
long enough."""


class NotSettled(TemporarilyUnavailable):
    """The network has not ended an order yet; ``sent`` is what this attempt found out."""

    def __init__(self, what: str, detail: str, sent: Sent) -> None:
        super().__init__(what, detail)
        self.sent = sent

    @classmethod
    def of(cls, error: TemporarilyUnavailable, sent: Sent) -> NotSettled:
        """Return the same error with what is known of the order."""
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
    """A service order. ``external_id`` is the key of the operation that placed it; the network
    knows the order by it."""

    id: str
    external_id: str
    number: Msisdn
    changes: tuple[Change, ...]
    once: Money
    """Taken from the balance on completion; negative if an undo pays back."""
    state: OrderState
    ordered: datetime
    settled: datetime | None = None
    reason: Reason | None = None
    undoes: str | None = None
    """Id of the order that this one undoes."""
    tries: int = 0
    tried: datetime | None = None
    """When the network was asked last, or was about to be."""
    due: datetime | None = None
    """For HELD: when it takes effect."""
    sent: Sent = Sent.NOT
    sent_at: datetime | None = None
    """When ``sent`` got its present value."""

    actor: Actor = field(kw_only=True)
    """The actor that ordered it."""

    def is_by_owner(self, since: datetime | None) -> bool:
        """Tell whether the owner since ``since`` ordered it, not a former owner."""
        return since is None or self.ordered > since


@dataclass(frozen=True, slots=True)
class Situation:
    """The data against which an order is checked, read while its subscriber's row is locked."""

    subscriber: Subscriber | None
    open: tuple[Order, ...] = ()
    """Other orders of the number that are not settled and not held, oldest first."""
    held: tuple[Order, ...] = ()
    """Other orders of the number that are held."""
    undone: Order | None = None
    """The order that this one undoes."""
    undos: tuple[Order, ...] = ()
    """Other open or completed orders that undo the same order, or this one."""
    changed: Callable[[ServiceId, frozenset[str]], datetime | None] = lambda _service, _parts: None
    """As ``OrderRepository.last_settled``."""
    proof: Proof | None = None
    """As ``Subscribers.proof``."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The result of a check that an order passed."""

    changes: tuple[Change, ...] | None = None
    """The changes in the present situation; None: those of the order."""
    replaces: tuple[str, ...] = ()
    """Ids of the held orders that it cancels."""


Check = Callable[[Situation], Refusal | Weighed]
"""Checks an order against a situation."""


def unweighed(_situation: Situation) -> Weighed:
    """Accept an order without a check."""
    return Weighed()


class NetworkAnswer(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """The network will not carry it out any more."""

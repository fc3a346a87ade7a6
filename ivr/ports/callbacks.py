"""Call-backs that callers asked for: the operations for a dialogue, and the repository."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Asked, Bound, CallbackResult, Left
from ivr.domain.services import Reason
from ivr.domain.values import Msisdn


class Callbacks(Protocol):
    """Call-backs, for a dialogue."""

    def refused(self, number: Msisdn) -> Reason | None:
        """Return why the number is never called back; None: it may be called back."""
        ...

    def leave(self, actor: Actor, key: OperationKey, asked: Asked) -> Left:
        """Store a number to be called back.

        If the same call leaves the same number again, answer DONE and store it once. Raise
        ValueError for a number that ``refused`` gives a reason for.
        """
        ...

    def take(self, actor: Actor, key: OperationKey, id: int) -> bool:
        """Assign a call-back to ``actor``, so that nobody else calls.

        Return False if another actor took it not long ago, or it is done or unknown.
        """
        ...

    def done(self, actor: Actor, key: OperationKey, id: int) -> bool:
        """Close a call-back, even if another actor took it.

        Return False if it was closed before or is unknown.
        """
        ...

    def tried(
        self,
        actor: Actor,
        key: OperationKey,
        id: int,
        result: CallbackResult,
        next_at: datetime | None = None,
    ) -> bool:
        """Store the result of a try of the actor, who has taken the call-back.

        A final result closes it; else it is free again from ``next_at`` on. Return False if the
        actor does not have it any more.
        """
        ...


class CallbackRepository(Protocol):
    """Stored call-backs. The same operation key never acts twice."""

    def write(
        self, actor: Actor, key: OperationKey, asked: Asked, at: datetime, bound: Bound
    ) -> Left:
        """As ``Callbacks.leave``, decided and written in one transaction.

        The call-back counts against the limit of ``Asked.party``; one call may leave
        ``bound.most``. Raise KeyTaken if another caller's call with the same id left the number.
        """
        ...

    def take(self, actor: Actor, key: OperationKey, id: int, at: datetime, since: datetime) -> bool:
        """As ``Callbacks.take``, at ``at``.

        A call-back that another actor took at ``since`` or earlier is free again.
        """
        ...

    def done(self, actor: Actor, key: OperationKey, id: int, at: datetime) -> bool:
        """As ``Callbacks.done``."""
        ...

    def tried(
        self,
        actor: Actor,
        key: OperationKey,
        id: int,
        result: CallbackResult,
        at: datetime,
        next_at: datetime | None,
    ) -> bool:
        """As ``Callbacks.tried``."""
        ...

"""Calls back that callers asked for: leaving one, and the book of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Asked, Bound, Left
from ivr.domain.services import Reason
from ivr.domain.values import Msisdn


class Callbacks(Protocol):
    """Call-backs, for a dialogue."""

    def refused(self, number: Msisdn) -> Reason | None:
        """Why a number is never called back; None: it is."""
        ...

    def leave(self, actor: Actor, key: OperationKey, asked: Asked) -> Left:
        """Keep a number to be called back.

        The same number left again in the same call is DONE, and kept once. Raises ValueError for
        a number that is refused.
        """
        ...

    def take(self, actor: Actor, key: OperationKey, id: int) -> bool:
        """Note who calls back, so that no other does. False: another has taken it within the hour,
        or it is done, or there is none."""
        ...

    def done(self, actor: Actor, key: OperationKey, id: int) -> bool:
        """Close one, whoever has taken it. False: it was done before, or there is none."""
        ...


class CallbackRepository(Protocol):
    """Call-backs as written down. The same key is never a second operation."""

    def write(
        self, actor: Actor, key: OperationKey, asked: Asked, at: datetime, bound: Bound
    ) -> Left:
        """As ``Callbacks.leave``, decided and written in one transaction.

        It counts for ``Asked.party``; a call leaves ``bound.most``. KeyTaken: another caller's call
        of the same id has left the number.
        """
        ...

    def take(self, actor: Actor, key: OperationKey, id: int, at: datetime) -> bool:
        """As ``Callbacks.take``."""
        ...

    def done(self, actor: Actor, key: OperationKey, id: int, at: datetime) -> bool:
        """As ``Callbacks.done``."""
        ...

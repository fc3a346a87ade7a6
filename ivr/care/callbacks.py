"""Call-backs: which numbers may be called back, and how many a caller may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.care.numbering import not_to_dial
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Asked, Bound, CallbackResult, Left
from ivr.domain.services import Reason
from ivr.domain.values import Msisdn
from ivr.ports.callbacks import CallbackRepository, Callbacks
from ivr.ports.clock import Clock

DAY = timedelta(hours=24)
TAKEN_FOR = timedelta(hours=1)
"""How long an agent keeps a call-back. Then another agent may take it, because it was not called
back or not reported as done."""
PAUSE = {
    CallbackResult.BUSY: timedelta(minutes=5),
    CallbackResult.NO_ANSWER: timedelta(minutes=30),
    CallbackResult.LATER: timedelta(hours=1),
}
"""How long a number is left alone after a try, if the agent names no time."""


@dataclass(frozen=True)
class CallbackService(Callbacks):
    repository: CallbackRepository
    premium: Sequence[str]
    """Prefixes of national numbers that cost more than a normal call."""
    clock: Clock
    a_day: int = 3
    withheld_a_day: int = 50
    """Daily limit of all callers without a usable number together."""

    def refused(self, number: Msisdn) -> Reason | None:
        return not_to_dial(number, self.premium)

    def leave(self, actor: Actor, key: OperationKey, asked: Asked) -> Left:
        if reason := self.refused(asked.number):
            raise ValueError(f"a number that is not called back: {reason}")
        now = self.clock.now()
        bound = Bound(now - DAY, self.a_day, self.withheld_a_day)
        return self.repository.write(actor, key, asked, now, bound)

    def take(self, actor: Actor, key: OperationKey, id: int) -> bool:
        return take_callback(actor, key, id, self.repository, self.clock.now())

    def done(self, actor: Actor, key: OperationKey, id: int) -> bool:
        return self.repository.done(actor, key, id, self.clock.now())

    def tried(
        self,
        actor: Actor,
        key: OperationKey,
        id: int,
        result: CallbackResult,
        next_at: datetime | None = None,
    ) -> bool:
        now = self.clock.now()
        if next_at is None and not result.is_final:
            next_at = now + PAUSE[result]
        return self.repository.tried(actor, key, id, result, now, next_at)


def take_callback(
    actor: Actor, key: OperationKey, id: int, callbacks: CallbackRepository, at: datetime
) -> bool:
    """Assign a call-back to ``actor``, as ``Callbacks.take``."""
    return callbacks.take(actor, key, id, at, at - TAKEN_FOR)

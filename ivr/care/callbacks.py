"""Call-backs: which numbers agents dial, how many a caller may leave, and who calls back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.care.numbering import not_to_dial
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Call
from ivr.domain.callbacks import Bound, Claim, Left
from ivr.domain.services import Reason
from ivr.domain.values import Msisdn
from ivr.ports.callbacks import CallbackBook, Callbacks
from ivr.ports.clock import Clock

DAY = timedelta(hours=24)
TAKEN_FOR = timedelta(hours=1)
"""After so long another may take what was taken: it was not called back, or nobody said so."""


@dataclass(frozen=True)
class CallbackDesk(Callbacks):
    book: CallbackBook
    premium: Sequence[str]
    """Beginnings of national numbers that cost more than a call."""
    clock: Clock
    a_day: int = 3
    withheld_a_day: int = 50
    """By all callers together whose numbers say nothing."""

    def refused(self, number: Msisdn) -> Reason | None:
        return not_to_dial(number, self.premium)

    def leave(self, call: Call, number: Msisdn) -> Left:
        if reason := self.refused(number):
            raise ValueError(f"a number that is not called back: {reason}")
        now = self.clock.now()
        bound = Bound(now - DAY, self.a_day, self.withheld_a_day)
        return self.book.write(call, number, now, bound)


def claim(actor: Actor, _key: OperationKey, id: int, book: CallbackBook, at: datetime) -> Claim:
    """Take one, so that nobody else calls. Not granted: somebody has it, or it is closed."""
    is_granted = book.take(id, str(actor), at, at - TAKEN_FOR)
    return Claim(is_granted, book.get(id))


def close(actor: Actor, _key: OperationKey, id: int, book: CallbackBook, at: datetime) -> Claim:
    """Close one that was called back, or that nobody is to call any more, whoever has taken it."""
    is_granted = book.close(id, str(actor), at)
    return Claim(is_granted, book.get(id))

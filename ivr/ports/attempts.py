"""Tries of identification and codes by text message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.identification import (
    Attempt,
    AttemptCounts,
    AttemptResult,
    CallerKind,
    Code,
    CodeHolder,
    OpenedAttempt,
)
from ivr.domain.values import Msisdn

Allows = Callable[[AttemptCounts], bool]
"""Whether a try is allowed after these failures."""


def always(_counts: AttemptCounts) -> bool:
    """No limit."""
    return True


class Attempts(Protocol):
    """Tries to identify. They survive a restart."""

    def open(
        self, attempt: Attempt, kind: CallerKind, at: datetime, allows: Allows = always
    ) -> OpenedAttempt:
        """Write a try before it is compared, if ``allows`` says so of those written before it.

        One transaction: of tries at the same time, each sees all that were written before it.
        """
        ...

    def settle(self, id: int, result: AttemptResult) -> None:
        """Note the result. A MATCH forgets the earlier failures of its number and kind."""
        ...

    def counts(self, attempt: Attempt, kind: CallerKind, at: datetime) -> AttemptCounts:
        """What stands against a try at ``at``."""
        ...

    def forget(self, actor: Actor, number: Msisdn, kind: CallerKind, at: datetime) -> bool:
        """Forget a number's failures by one kind of caller (the own phone, or all others).

        With an audit entry. False: there were none.
        """
        ...

    def unlock(self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime) -> bool:
        """Forget all failures of a number, with an audit entry. False: there were none.

        With the key of one that is done: True, and nothing changes; KeyTaken: that one was of
        another number.
        """
        ...

    def prune(self, before: datetime, failures_before: datetime) -> int:
        """Delete tries that no rule needs; answers how many.

        Matches and forgotten failures go when they are older than ``before``, other failures when
        they are older than ``failures_before``, except where they hold a number at the office. The
        newest try stays: its id is never given again.
        """
        ...


class CodeRepository(Protocol):
    """One-time codes as written down: those of the own phone apart from those of all others."""

    def write(
        self,
        holder: CodeHolder,
        verifier: str,
        at: datetime,
        until: datetime,
        most: int,
        most_of_number: int,
    ) -> int | None:
        """Keep a code, good until ``until``; answers its id. Older ones of this phone end.

        None, and nothing is kept: in 24 hours this phone asked for ``most``, or all phones of its
        kind for ``most_of_number``.
        """
        ...

    def attempt(self, holder: CodeHolder, at: datetime, most: int) -> Sequence[Code]:
        """The codes that are good now, with a try counted for each.

        A code has ``most`` tries from the phone that asked for it and ``most`` from all others.
        """
        ...

    def use(self, id: int, at: datetime) -> bool:
        """A code was right. False: it was used before."""
        ...

    def prune(self, before: datetime) -> int:
        """Delete codes that ended before ``before``, but the newest; answers how many."""
        ...

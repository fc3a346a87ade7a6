"""Identification attempts, and one-time codes sent by text message."""

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
"""Tells whether an attempt is allowed after these failures."""


def always(_counts: AttemptCounts) -> bool:
    """Allow every attempt."""
    return True


class Attempts(Protocol):
    """Stored identification attempts. They survive a restart."""

    def open(
        self, attempt: Attempt, kind: CallerKind, at: datetime, allows: Allows = always
    ) -> OpenedAttempt:
        """Store an attempt before its secret is compared, if ``allows`` accepts the earlier ones.

        This is one transaction: of several attempts at the same time, each sees all attempts that
        were stored before it.
        """
        ...

    def settle(self, id: int, result: AttemptResult) -> None:
        """Store the result. MATCH clears earlier failures of the same number and caller kind."""
        ...

    def counts(self, attempt: Attempt, kind: CallerKind, at: datetime) -> AttemptCounts:
        """Return the failures that count against an attempt at ``at``."""
        ...

    def failures_by(self, user: str, since: datetime) -> int:
        """Count the failures (open ones too) of what a user has typed since a moment."""
        ...

    def forget(self, actor: Actor, number: Msisdn, kind: CallerKind, at: datetime) -> bool:
        """Forget a number's failures by one kind of caller (the own phone, or all others).

        Add an audit entry. Return False if there were no failures.
        """
        ...

    def unlock(self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime) -> bool:
        """Forget all failures of a number, with an audit entry. False: there were none.

        With the key of one that is done: True, and nothing changes; KeyTaken: that one was of
        another number.
        """
        ...

    def prune(self, before: datetime, failures_before: datetime) -> int:
        """Delete attempts that no rule needs any more; return how many.

        Matches and cleared failures are deleted if they are older than ``before``, other failures
        if they are older than ``failures_before``. Failures that lock a number until its owner
        comes to an office (LockState.OFFICE) stay. The newest attempt stays, so that its id is
        never used again.
        """
        ...


class CodeRepository(Protocol):
    """Stored one-time codes. The own phone's codes are separate from those of all other phones."""

    def write(
        self,
        holder: CodeHolder,
        verifier: str,
        at: datetime,
        until: datetime,
        most: int,
        most_of_number: int,
    ) -> int | None:
        """Store a code that is valid until ``until``; return its id.

        Older codes of this phone become invalid. Return None and store nothing if, within 24
        hours, this phone asked for ``most`` codes, or all phones of its kind for
        ``most_of_number``.
        """
        ...

    def attempt(self, holder: CodeHolder, at: datetime, most: int) -> Sequence[Code]:
        """Return the codes that are valid now, and count an attempt against each of them.

        A code allows ``most`` attempts from the phone that asked for it and ``most`` from all
        other phones.
        """
        ...

    def use(self, id: int, at: datetime) -> bool:
        """Mark a code as used, after it matched. Return False if it was used before."""
        ...

    def prune(self, before: datetime) -> int:
        """Delete codes that expired before ``before``, except the newest; return how many."""
        ...

"""Proofs of the right to a number: tries, their counts, codes by text message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.values import Msisdn


class LockState(StrEnum):
    """Whether identification for a number may be tried now."""

    OPEN = "open"
    SPENT = "spent"
    """The tries of this call are used up."""
    CODEWORD = "codeword"
    """This caller may try code words only: too many callers of this kind have failed."""
    STOPPED = "stopped"
    """This caller may not try, for whatever number: too many such callers, or this one, failed."""
    LOCKED = "locked"
    """This kind of caller failed too often for this number; a code by text message ends it."""
    OFFICE = "office"
    """Likewise too often in a row: no time ends it, an office or a code does."""


class Verdict(StrEnum):
    """The result of one try. NO_MATCH covers unknown number and no code word set too."""

    MATCH = "match"
    NO_MATCH = "no-match"
    LOCKED = "locked"
    """This try made, or met, a lock or the end of the call's tries."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to prove a right to ``number``, by ``means``, in a call from ``origin``."""

    call: str
    number: Msisdn
    origin: Origin
    means: IdentificationMethod


class CodeSent(StrEnum):
    """What became of the wish for a code by text message. Each has a text of its own."""

    SENT = "sent"
    """It is written down; the number gets it if it is a subscriber's."""
    ENOUGH = "enough"
    """The number has had as many codes today as are allowed."""
    NOT_LOCKED = "open"
    """There is no lock that a code could end."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof of the right to a number holds for."""

    version: int
    """Raised by each change of code word, owner or state; a proof for an older one has ended."""
    by: str = ""
    """Id of the call that ordered the newest change; empty: it was not ordered in a call."""

    def holds(self, version: int, call: str) -> bool:
        """Whether what was proved for a version holds still: nothing has changed since, or the
        call itself ordered the only change. ``call`` is empty for who acts in no call."""
        is_own = bool(call) and self.by == call and self.version == version + 1
        return self.version == version or is_own


class CallerKind(StrEnum):
    """What a calling number says about the number that the caller asks for."""

    OWN = "own"
    """The call comes from the number itself, as the trunk vouches for it."""
    KNOWN = "known"
    """It comes from another subscriber's number."""
    UNKNOWN = "unknown"
    """The calling number says nothing: withheld, foreign, of a city, or of no subscriber."""

    @property
    def is_own(self) -> bool:
        return self is CallerKind.OWN


class AttemptResult(StrEnum):
    OPEN = "open"
    """Written before the comparison; a failure until settled."""
    MATCH = "match"
    NO_MATCH = "no-match"


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Failures (OPEN or NO_MATCH) that stand against a further try.

    Those of a number are counted apart for its own phone and for all other callers, since the
    last match or unlock of that kind. Those of ``by_caller`` to ``line`` are nought for the own
    phone, which they do not stand against.
    """

    in_call: int = 0
    """Failures of this call, for any number."""
    failures: tuple[datetime, ...] = ()
    """When this kind of caller failed for the number, in order."""
    by_caller: tuple[tuple[datetime, Msisdn], ...] = ()
    """Failures of this calling number in the last 25 hours, in order: when and for which number."""
    unknown: int = 0
    """Failures of unknown callers of this trunk in the last ten minutes."""
    strangers: int = 0
    """Failures of all callers of this trunk who were not at the own phone, in ten minutes."""
    line: int = 0
    """Likewise of the whole line, in the last minute."""

    @property
    def in_row(self) -> int:
        """Failures of the number by this kind of caller."""
        return len(self.failures)

    def with_failure(self, attempt: Attempt, kind: CallerKind, at: datetime) -> AttemptCounts:
        """The same after one more, at this moment."""
        counts = replace(self, in_call=self.in_call + 1, failures=(*self.failures, at))
        if kind.is_own:
            return counts
        by_caller = ((at, attempt.number),) if attempt.origin.key is not None else ()
        return replace(
            counts,
            by_caller=(*self.by_caller, *by_caller),
            unknown=self.unknown + (kind is CallerKind.UNKNOWN),
            strangers=self.strangers + 1,
            line=self.line + 1,
        )


@dataclass(frozen=True, slots=True)
class OpenedAttempt:
    """A try that is about to be compared."""

    id: int
    """0: it is not allowed, and was not written."""
    earlier: AttemptCounts
    """Of all tries that were written before it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code that was sent to a number. ``verifier`` is a keyed hash of it."""

    id: int
    verifier: str


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Who asks for a one-time code or keys one in: for which number, and from which phone."""

    number: Msisdn
    is_own: bool
    """The phone is the subscriber's own."""
    phone: str = ""
    """What its calling number is counted under (``Origin.key``); empty: withheld."""

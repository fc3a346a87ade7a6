"""Proofs of the right to a number: attempts, their counts, and one-time codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.values import Msisdn


class LockState(StrEnum):
    """Whether a caller may try now to identify for a number."""

    OPEN = "open"
    SPENT = "spent"
    """The attempts of this call are used up."""
    CODEWORD = "codeword"
    """This caller may try code words only: too many callers of this kind failed."""
    STOPPED = "stopped"
    """This caller may not try for any number: this caller or similar callers failed too often."""
    LOCKED = "locked"
    """This kind of caller failed too often for this number; a one-time code ends the lock."""
    OFFICE = "office"
    """As LOCKED, after too many failures in a row: only an office or a code ends the lock."""


class Verdict(StrEnum):
    """The result of one attempt. NO_MATCH also covers unknown numbers and unset code words."""

    MATCH = "match"
    NO_MATCH = "no-match"
    LOCKED = "locked"
    """This attempt caused or met a lock, or used up the attempts of the call."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to prove a right to ``number`` by ``means``, in a call from ``origin``."""

    call: str
    number: Msisdn
    origin: Origin
    means: IdentificationMethod
    by: str = ""
    """The user who typed what the caller said; empty: the caller keyed it in."""


class CodeSent(StrEnum):
    """The answer to a request for a one-time code. Each value has a text of its own."""

    SENT = "sent"
    """The code is stored; it is sent if the number belongs to a subscriber."""
    ENOUGH = "enough"
    """The number reached its daily limit of codes."""
    NOT_LOCKED = "open"
    """There is no lock that a code could end."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The version to which a proof of the right to a number belongs."""

    version: int
    """Each change of code word, owner or state increases it; proofs of older versions end."""
    by: str = ""
    """Id of the call that ordered the newest change; empty: not ordered in a call."""

    def holds(self, version: int, call: str) -> bool:
        """Tell whether a proof of ``version`` is still valid.

        It is if nothing changed since, or if ``call`` itself ordered the only change. ``call`` is
        empty for actors that act in no call.
        """
        is_own = bool(call) and self.by == call and self.version == version + 1
        return self.version == version or is_own


class CallerKind(StrEnum):
    """How the calling number relates to the number that the caller asks for."""

    OWN = "own"
    """The call comes from the number itself, and a trunk vouches for that."""
    KNOWN = "known"
    """The call comes from another subscriber's number."""
    UNKNOWN = "unknown"
    """The calling number is withheld, foreign, a city number, or not a subscriber's."""

    @property
    def is_own(self) -> bool:
        return self is CallerKind.OWN


class AttemptResult(StrEnum):
    OPEN = "open"
    """Stored before the comparison; counts as a failure until it is settled."""
    MATCH = "match"
    NO_MATCH = "no-match"


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Failures (OPEN or NO_MATCH) that count against a further attempt.

    Failures of a number are counted separately for its own phone and for all other callers, since
    the last match or unlock of that kind. The counts from ``by_caller`` to ``line`` are 0 for the
    own phone, because they do not apply to it.
    """

    in_call: int = 0
    """Failures of this call, for any number."""
    failures: tuple[datetime, ...] = ()
    """Times at which this kind of caller failed for the number, in order."""
    by_caller: tuple[tuple[datetime, Msisdn], ...] = ()
    """Failures of this calling number in the last 25 hours, in order: time and number."""
    unknown: int = 0
    """Failures of unknown callers of this trunk in the last ten minutes."""
    strangers: int = 0
    """Failures of all callers of this trunk, except own phones, in the last ten minutes."""
    line: int = 0
    """Failures of all callers of the line, except own phones, in the last minute."""

    @property
    def in_row(self) -> int:
        """Number of failures for the number by this kind of caller."""
        return len(self.failures)

    def with_failure(self, attempt: Attempt, kind: CallerKind, at: datetime) -> AttemptCounts:
        """Return the counts with one more failure at ``at``."""
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
    """An attempt whose secret is about to be compared."""

    id: int
    """0: the attempt is not allowed and was not stored."""
    earlier: AttemptCounts
    """Counts of all attempts stored before it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code that was sent to a number. ``verifier`` is its keyed hash."""

    id: int
    verifier: str


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """A caller who requests or enters a one-time code: the number and the phone."""

    number: Msisdn
    is_own: bool
    """The phone is the subscriber's own."""
    phone: str = ""
    """The key for counting the calling number (``Origin.key``); empty: withheld."""

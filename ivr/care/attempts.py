"""The limits of identification, as pure functions of the counted failures.

These are the operator's rules (NIST SP 800-63B and OWASP ASVS allow more). Limits for a number
apply separately to its own phone and to all other callers: 5 failures in an hour lock it for 30
minutes, 10 in a day for 24 hours, 20 in a row until an office or a one-time code ends the lock.
Limits across numbers never apply to a number's own phone: they are for a calling number, for the
callers of a trunk and for the line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from ivr.domain.identification import AttemptCounts, CallerKind, LockState
from ivr.domain.values import Msisdn

IN_CALL, IN_HOUR, IN_DAY, IN_ROW = 3, 5, 10, 20
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOUR_LOCK, DAY_LOCK = timedelta(minutes=30), DAY
BUCKET = timedelta(minutes=10)
"""How long a failure counts against the other callers of its trunk."""
SPREAD_KEPT = DAY + HOUR
"""How long a failure counts against its calling number."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits across numbers, from the settings IVR_IDENTIFY_…"""

    numbers: int = 5
    """A calling number that fails for this many numbers in an hour is stopped for a day."""
    unknown: int = 30
    """Failures of a trunk's unknown callers in ten minutes; then they may try code words only."""
    unknown_most: int = 60
    """As ``unknown``; then they may not try at all."""
    strangers: int = 100
    """Failures of all callers of a trunk, except own phones, in ten minutes. Then they may try code
    words only; at twice as many failures, not at all. This limits attackers that change between
    existing calling numbers."""
    line: int = 60
    """Failures of all callers of the line, except own phones, in a minute. Then unknown callers may
    not try; at twice as many failures, only own phones may."""


LIMITS = Limits()


def lock_state_of(
    counts: AttemptCounts, kind: CallerKind, now: datetime, limits: Limits = LIMITS
) -> LockState:
    """Tell whether a further attempt is allowed after these failures."""
    if counts.in_row >= IN_ROW:
        return LockState.OFFICE
    if counts.in_call >= IN_CALL:
        return LockState.SPENT
    tenth, fifth = tenth_in_day(counts.failures), fifth_in_hour(counts.failures)
    if tenth and now < tenth + DAY_LOCK:
        return LockState.LOCKED
    if fifth and now < fifth + HOUR_LOCK:
        return LockState.LOCKED
    return LockState.OPEN if kind.is_own else _of_stranger(counts, kind, now, limits)


def _of_stranger(
    counts: AttemptCounts, kind: CallerKind, now: datetime, limits: Limits
) -> LockState:
    spread = spread_at(counts.by_caller, limits.numbers)
    if spread and now < spread + DAY:
        return LockState.STOPPED
    if counts.line >= 2 * limits.line or counts.strangers >= 2 * limits.strangers:
        return LockState.STOPPED
    is_unknown = kind is CallerKind.UNKNOWN
    if is_unknown and (counts.line >= limits.line or counts.unknown >= limits.unknown_most):
        return LockState.STOPPED
    if counts.strangers >= limits.strangers or (is_unknown and counts.unknown >= limits.unknown):
        return LockState.CODEWORD
    return LockState.OPEN


def fifth_in_hour(failures: Sequence[datetime]) -> datetime | None:
    """Return the time of the newest failure that was the fifth within an hour.

    ``failures`` are in order of time.
    """
    return _newest_full(failures, IN_HOUR, HOUR)


def tenth_in_day(failures: Sequence[datetime]) -> datetime | None:
    """Return the time of the newest failure that was the tenth within a day.

    ``failures`` are in order of time.
    """
    return _newest_full(failures, IN_DAY, DAY)


def spread_at(failures: Sequence[tuple[datetime, Msisdn]], most: int) -> datetime | None:
    """Return the time of the newest failure with which ``most`` numbers failed within an hour.

    ``failures`` are in order of time.
    """
    for last in range(len(failures) - 1, most - 2, -1):
        newest = failures[last][0]
        begun = bisect_left(failures, newest - HOUR, hi=last, key=itemgetter(0))
        if len({number for _, number in failures[begun : last + 1]}) >= most:
            return newest
    return None


def _newest_full(failures: Sequence[datetime], most: int, window: timedelta) -> datetime | None:
    for last in range(len(failures) - 1, most - 2, -1):
        if failures[last] - failures[last - most + 1] <= window:
            return failures[last]
    return None

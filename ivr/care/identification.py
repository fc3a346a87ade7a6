"""Checks code words and passports: the only place where secrets are compared.

Limits (the operator's rules; NIST SP 800-63B and OWASP ASVS allow more): 3 tries a call, 5 in an
hour lock the number for 30 minutes, 10 in a day for 24 hours, 20 in a row send it to an office. A
calling number that fails for many numbers is stopped too. The try is written down before it is
compared, so that neither a crash nor two calls at once give a free one. A number that does not
exist, or has no code word, costs the same tries, words and time. Code words take turns; who has no
turn has not tried.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr import measures
from ivr.call import Means
from ivr.care.turns import Turns
from ivr.care.verifiers import Verifying
from ivr.care.warnings import OwnerWarning
from ivr.ports import (
    Attempt,
    AttemptCounts,
    AttemptResult,
    Attempts,
    Clock,
    Moment,
    Standing,
    Subscribers,
    Verdict,
    Verifiers,
    in_silence,
)
from ivr.values import Msisdn, Secret

IN_CALL, IN_ROW = 3, 20
HOUR_LOCK, DAY_LOCK = timedelta(minutes=30), timedelta(hours=24)
NUMBERS_BY_CALLER = 5
"""Different numbers that one calling number may fail for in an hour."""
SAME_TIME = 0.5
"""Seconds that every check takes."""
NOTHING = Verifiers()


@dataclass(frozen=True)
class Identifying:
    """Implements ``ivr.ports.Identification``."""

    subscribers: Subscribers
    attempts: Attempts
    verifying: Verifying
    clock: Clock
    warning: OwnerWarning | None = None
    """Who is told of failures in a row."""
    turns: Turns = field(default_factory=Turns)
    """Of a process that serves many callers: one for all of them."""

    def standing(self, call: str, number: Msisdn, caller: Msisdn | None) -> Standing:
        """Whether identification for a number may be tried now."""
        now = self.clock.now()
        counts = self.attempts.counts(call, number, caller, now)
        return standing_of(counts, now)

    def check(self, attempt: Attempt, secret: Secret, moment: Moment = in_silence) -> Verdict:
        """One try. Same words and same time for every kind of failure."""
        begun = self.clock.now()
        try:
            verdict = self._turn(attempt, secret, moment)
            measures.identified(attempt.means, verdict)
            return verdict
        finally:
            spent = (self.clock.now() - begun).total_seconds()
            self.clock.sleep(max(0.0, SAME_TIME - spent))

    def _turn(self, attempt: Attempt, secret: Secret, moment: Moment) -> Verdict:
        where = (attempt.call, attempt.number, attempt.caller)
        if self.standing(*where) is not Standing.OPEN:
            return Verdict.LOCKED
        slow = attempt.means is Means.CODEWORD
        with self.turns.turn(moment) if slow else nullcontext():
            return self._check(attempt, secret)

    def _check(self, attempt: Attempt, secret: Secret) -> Verdict:
        now = self.clock.now()
        where = (attempt.call, attempt.number, attempt.caller)
        id = self.attempts.open(attempt, now)
        # Two calls may both have been let in; only what was written before this try counts.
        earlier = self.attempts.counts(*where, now, before=id)
        allowed = standing_of(earlier, now) is Standing.OPEN
        verifiers = self.subscribers.verifiers(attempt.number) or NOTHING
        matches = self._matches(attempt, verifiers, secret)
        if matches and allowed:
            self.attempts.settle(id, AttemptResult.MATCH)
            return Verdict.MATCH
        if self.warning is not None:
            # Before it is settled: a try that is open counts as failed, should this process end.
            self.warning.failed(attempt.number, earlier.in_row + 1, id)
        self.attempts.settle(id, AttemptResult.NO_MATCH)
        open_still = self.standing(*where) is Standing.OPEN
        return Verdict.NO_MATCH if open_still else Verdict.LOCKED

    def _matches(self, attempt: Attempt, verifiers: Verifiers, secret: Secret) -> bool:
        match attempt.means:
            case Means.CODEWORD:
                return self.turns.work(lambda: self.verifying.matches_keys(verifiers, secret.keys))
            case Means.PASSPORT:
                return self.verifying.matches_passport(verifiers, attempt.number, secret.keys)


def standing_of(counts: AttemptCounts, now: datetime) -> Standing:
    """Whether a further try is allowed after these failures."""
    if counts.in_row >= IN_ROW:
        return Standing.OFFICE
    if counts.in_call >= IN_CALL:
        return Standing.SPENT
    if counts.tenth_at and now < counts.tenth_at + DAY_LOCK:
        return Standing.LOCKED
    if counts.fifth_at and now < counts.fifth_at + HOUR_LOCK:
        return Standing.LOCKED
    if counts.numbers_by_caller >= NUMBERS_BY_CALLER:
        return Standing.LOCKED
    return Standing.OPEN

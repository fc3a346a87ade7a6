"""The blind check: an agent types what the caller says and sees only whether it matches.

The counters are those of the line, so that an agent gives no additional tries; and each agent has a
limit of failures, after which a supervisor must look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ivr.domain.actor import Actor
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, Verdict
from ivr.domain.rights import Right
from ivr.domain.values import Msisdn, SpokenSecret
from ivr.ports.attempts import Attempts
from ivr.ports.care import Identification
from ivr.ports.clock import Clock
from ivr.staff.rights import require

MOST_FAILURES = 10
"""Failures of one agent in an hour, for all callers together."""
HOUR = timedelta(hours=1)


class BlindResult(StrEnum):
    """What the agent sees. Each value has a text on the desk."""

    MATCHES = "matches"
    NO_MATCH = "no-match"
    LOCKED = "locked"
    """The number or the caller is locked; the line tells the way out."""
    SUPERVISOR = "supervisor"
    """This agent has typed too many wrong secrets; nothing was compared."""


@dataclass(frozen=True)
class BlindCheck:
    """Compares what callers say. Every failure has the same words and takes the same time."""

    identification: Identification
    attempts: Attempts
    clock: Clock
    most: int = MOST_FAILURES

    def check(
        self, actor: Actor, call: str, number: Msisdn, origin: Origin, said: SpokenSecret
    ) -> BlindResult:
        """Compare a code word, or passport and name together, in a call from ``origin``.

        Each try counts: the form must not be sent again by itself. Raise TemporarilyUnavailable
        if too many callers identify at the same time; then no try is counted.
        """
        require(actor, Right.CHECK_BLIND)
        if self.attempts.failures_by(actor.id, self.clock.now() - HOUR) >= self.most:
            return BlindResult.SUPERVISOR
        attempt = Attempt(call, number, origin, means_of(said), actor.id)
        match self.identification.check(attempt, said):
            case Verdict.MATCH:
                return BlindResult.MATCHES
            case Verdict.NO_MATCH:
                return BlindResult.NO_MATCH
            case Verdict.LOCKED:
                return BlindResult.LOCKED


def means_of(said: SpokenSecret) -> IdentificationMethod:
    """Return how a caller tries to prove the right to a number."""
    return IdentificationMethod.CODEWORD if said.word else IdentificationMethod.PASSPORT

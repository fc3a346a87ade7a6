"""Checks code words and passports: the only place where secrets are compared.

The limits are those of ``ivr.care.attempts``. An attempt is stored before its secret is compared,
so that neither a crash nor two calls at once give a free attempt. A number that does not exist, is
terminated, or has no code word, costs the same attempts, words and time. Code words and passports
each wait in their own queue. If a caller gets no slot, no attempt is recorded.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from ivr import metrics
from ivr.care.attempts import LIMITS, Limits, lock_state_of
from ivr.care.folding import passport_keys
from ivr.care.hash_queue import HashQueue
from ivr.care.names import same_name
from ivr.care.verifiers import CredentialVerifier, KeyCheck
from ivr.care.warnings import OwnerWarning
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import (
    Attempt,
    AttemptCounts,
    AttemptResult,
    CallerKind,
    LockState,
    Proof,
    Verdict,
)
from ivr.domain.services import OnDelay, no_op
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Msisdn, Secret, SpokenSecret
from ivr.errors import TemporarilyUnavailable
from ivr.ports.attempts import Attempts
from ivr.ports.care import Identification
from ivr.ports.clock import Clock
from ivr.ports.subscribers import Subscribers

SAME_TIME = 0.5
"""Seconds that every check takes."""
PASSPORTS_AT_ONCE = 4
"""Passports that a process compares at once. Each needs a few SQL statements, but no slow hash."""
NOTHING = Verifiers()


@dataclass(frozen=True)
class IdentificationService(Identification):
    subscribers: Subscribers
    attempts: Attempts
    verifying: CredentialVerifier
    clock: Clock
    warning: OwnerWarning | None = None
    """Warns the owner after failures in a row; None: no warning."""
    turns: HashQueue = field(default_factory=HashQueue)
    """The queue for code words. A process must share one among all callers."""
    limits: Limits = LIMITS
    passport_turns: HashQueue = field(default_factory=lambda: HashQueue(PASSPORTS_AT_ONCE))
    """The queue for passports, separate, so that a flood of code words does not delay them."""

    def lock_state(self, call: str, number: Msisdn, origin: Origin) -> LockState:
        """Tell whether identification for a number may be tried now."""
        kind, now = kind_of(origin, number, self.subscribers), self.clock.now()
        counts = self.attempts.counts(
            Attempt(call, number, origin, IdentificationMethod.CODEWORD), kind, now
        )
        lock_state = lock_state_of(counts, kind, now, self.limits)
        metrics.identification_stands(lock_state)
        return lock_state

    def proof(self, number: Msisdn) -> Proof | None:
        return self.subscribers.proof(number)

    def check(
        self, attempt: Attempt, secret: Secret | SpokenSecret, on_delay: OnDelay = no_op
    ) -> Verdict:
        """Make one attempt. Every kind of failure has the same words and takes the same time."""
        begun = self.clock.now()
        try:
            verdict = self._check_in_slot(attempt, secret, on_delay)
            metrics.identified(attempt.means, verdict)
            return verdict
        finally:
            spent = (self.clock.now() - begun).total_seconds()
            self.clock.sleep(max(0.0, SAME_TIME - spent))

    def _check_in_slot(
        self, attempt: Attempt, secret: Secret | SpokenSecret, on_delay: OnDelay
    ) -> Verdict:
        kind = kind_of(attempt.origin, attempt.number, self.subscribers)
        turns = (
            self.turns if attempt.means is IdentificationMethod.CODEWORD else self.passport_turns
        )
        with turns.slot(on_delay):
            return self._check(attempt, kind, secret)

    def _check(self, attempt: Attempt, kind: CallerKind, secret: Secret | SpokenSecret) -> Verdict:
        now = self.clock.now()

        def allows(counts: AttemptCounts) -> bool:
            lock_state = lock_state_of(counts, kind, now, self.limits)
            is_codeword = attempt.means is IdentificationMethod.CODEWORD
            return lock_state is LockState.OPEN or (
                lock_state is LockState.CODEWORD and is_codeword
            )

        opened = self.attempts.open(attempt, kind, now, allows)
        if not opened.id:
            return Verdict.LOCKED
        verifiers = self._verifiers(attempt.number)
        checked = self._compare(attempt, verifiers, secret)
        if checked.matches:
            self.attempts.settle(opened.id, AttemptResult.MATCH)
            if checked.renewed is not None:
                self._renew(attempt.number, verifiers, checked.renewed)
            return Verdict.MATCH
        after = opened.earlier.with_failure(attempt, kind, now)
        if self.warning is not None:
            # Before it is settled: if this process dies, the open attempt counts as failed.
            self.warning.failed(attempt.number, after.in_row, opened.id)
        self.attempts.settle(opened.id, AttemptResult.NO_MATCH)
        return Verdict.NO_MATCH if allows(after) else Verdict.LOCKED

    def _verifiers(self, number: Msisdn) -> Verifiers:
        """Return the verifiers; nothing matches them if the number is unknown or terminated."""
        known = self.subscribers.verifiers(number)
        is_served = self.subscribers.proof(number) is not None
        return known if known and is_served else NOTHING

    def _compare(
        self, attempt: Attempt, verifiers: Verifiers, secret: Secret | SpokenSecret
    ) -> KeyCheck:
        if isinstance(secret, SpokenSecret):
            return KeyCheck(self._matches(attempt, verifiers, secret))
        verifying, number, keys = self.verifying, attempt.number, secret.keys
        match attempt.means:
            case IdentificationMethod.CODEWORD:
                return self.turns.work(lambda: verifying.check_keys(verifiers, keys))
            case IdentificationMethod.PASSPORT:
                return KeyCheck(verifying.matches_passport(verifiers, number, keys))

    def _matches(self, attempt: Attempt, verifiers: Verifiers, said: SpokenSecret) -> bool:
        """Compare what a caller said: the code word, or passport and name together."""
        if attempt.means is IdentificationMethod.CODEWORD:
            return self.turns.work(lambda: self.verifying.matches_word(verifiers, said.word))
        keys = passport_keys(said.passport) or ""
        is_passport = self.verifying.matches_passport(verifiers, attempt.number, keys)
        owner = self.subscribers.find(attempt.number)
        return same_name(said.name, owner.full_name if owner else "") and is_passport

    def _renew(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        """Store renewed verifiers. Ignore a failure: they are renewed at the next match."""
        with suppress(TemporarilyUnavailable):
            self.subscribers.renew_keys(number, known, renewed)


def kind_of(origin: Origin, number: Msisdn, subscribers: Subscribers) -> CallerKind:
    """Return the kind of a caller who asks for ``number``."""
    if origin.is_own_phone(number):
        return CallerKind.OWN
    is_known = bool(origin.trunk) and origin.number is not None
    if is_known and origin.number and subscribers.proof(origin.number) is not None:
        return CallerKind.KNOWN
    return CallerKind.UNKNOWN

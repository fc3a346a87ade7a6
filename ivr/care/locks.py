"""Ending locks: one-time codes by text message, and the office.

A code ends the lock of one kind of caller (the number's own phone, or all others) for one number.
Codes and attempts are counted per phone, so that a stranger uses up neither the codes nor the
attempts of an owner who calls from another phone.
A code proves no right to the number: the caller must still give the code word or passport
(docs/decisions/0032). Words and time are the same whether or not the number belongs to a
subscriber; the message worker drops messages to other numbers.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from ivr.care.attempts import lock_state_of
from ivr.care.identification import SAME_TIME, kind_of
from ivr.care.messages import CODE, CODE_GOOD_FOR
from ivr.care.verifiers import CredentialVerifier
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, CodeHolder, CodeSent, LockState
from ivr.domain.values import Language, Msisdn, Secret
from ivr.ports.attempts import Attempts, CodeRepository
from ivr.ports.care import Codes
from ivr.ports.clock import Clock
from ivr.ports.dialogue import TextSource
from ivr.ports.messages import Outbox
from ivr.ports.subscribers import Subscribers
from ivr.ports.transaction import Transaction

DIGITS = 8
TRIES = 3
"""Attempts per code."""
A_DAY = 3
"""Default of the daily limit of codes for one number from one phone."""
PHONES = 4
"""Number of phones of one kind that may use their whole limit, so that strangers cannot flood a
number with texts."""

T = TypeVar("T")


class Unlocked(StrEnum):
    """The result of ending locks in an office."""

    UNLOCKED = "unlocked"
    NOT_LOCKED = "not-locked"
    NOBODY = "nobody"
    """There is no such subscriber."""


def unlock(
    actor: Actor,
    key: OperationKey,
    number: Msisdn,
    subscribers: Subscribers,
    attempts: Attempts,
    at: datetime,
) -> Unlocked:
    """End all locks of a number (own phone and others) while its owner is in the office."""
    if subscribers.find(number) is None:
        return Unlocked.NOBODY
    was_locked = attempts.unlock(actor, key, number, at)
    return Unlocked.UNLOCKED if was_locked else Unlocked.NOT_LOCKED


@dataclass(frozen=True)
class UnlockService(Codes):
    """Sends and checks codes, with the texts of one release."""

    subscribers: Subscribers
    attempts: Attempts
    repository: CodeRepository
    verifying: CredentialVerifier
    outbox: Outbox
    wording: TextSource
    clock: Clock
    a_day: int = A_DAY
    together: Transaction = nullcontext
    """A code and its message are written together, and so are its use and the end of the lock."""

    def send(self, number: Msisdn, origin: Origin) -> CodeSent:
        return self._in_same_time(lambda: self._send(number, origin))

    def check(self, actor: Actor, number: Msisdn, origin: Origin, secret: Secret) -> bool:
        return self._in_same_time(lambda: self._check(actor, number, origin, secret))

    def _send(self, number: Msisdn, origin: Origin) -> CodeSent:
        now = self.clock.now()
        kind = kind_of(origin, number, self.subscribers)
        counts = self.attempts.counts(
            Attempt("", number, origin, IdentificationMethod.CODEWORD), kind, now
        )
        if lock_state_of(counts, kind, now) not in (LockState.LOCKED, LockState.OFFICE):
            return CodeSent.NOT_LOCKED
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        verifier = self.verifying.code(number, code)
        holder = CodeHolder(number, kind.is_own, origin.key or "")
        until = now + CODE_GOOD_FOR
        owner = self.subscribers.find(number)
        language = owner.language if owner else Language.TURKMEN
        body = self.wording.write(language, "sms.code", code=code)
        with self.together():
            id = self.repository.write(
                holder, verifier, now, until, self.a_day, self.a_day * PHONES
            )
            if id is None:
                return CodeSent.ENOUGH
            self.outbox.put(number, body, f"{CODE}:{id}")
        return CodeSent.SENT

    def _check(self, actor: Actor, number: Msisdn, origin: Origin, secret: Secret) -> bool:
        now = self.clock.now()
        kind = kind_of(origin, number, self.subscribers)
        holder = CodeHolder(number, kind.is_own, origin.key or "")
        keyed = self.verifying.code(number, secret.keys)
        right = [
            code
            for code in self.repository.attempt(holder, now, TRIES)
            if hmac.compare_digest(code.verifier, keyed)
        ]
        with self.together():  # the try was counted before: it stays, whatever becomes of this
            used = [self.repository.use(code.id, now) for code in right]
            if not any(used):
                return False
            self.attempts.forget(actor, number, kind, now)
            return True

    def _in_same_time(self, work: Callable[[], T]) -> T:
        begun = self.clock.now()
        try:
            return work()
        finally:
            spent = (self.clock.now() - begun).total_seconds()
            self.clock.sleep(max(0.0, SAME_TIME - spent))

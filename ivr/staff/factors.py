"""Second factors: TOTP (RFC 6238), recovery codes, and who must have one."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import pyotp

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Tag, entry_of
from ivr.domain.rights import STEP_UP_FOR, Role
from ivr.domain.staff import LASTS, Factors, OneTimeToken, Purpose, StaffSession, User
from ivr.domain.values import Secret
from ivr.errors import StepUpNeeded
from ivr.ports.clock import Clock
from ivr.ports.staff import StaffRepositories
from ivr.staff.secrets import StaffSecrets, digest_of, new_codes, new_token

ISSUER = "0890"
"""The name of the line in an authenticator."""
STEP = 30
"""Seconds for which a code is shown."""
WINDOW = 1
"""Steps before and after the present one whose codes are accepted."""
DIGITS = 6
MOST_TRIES = 5
"""Codes that may be tried with one challenge."""


class Factor(StrEnum):
    """A kind of second factor."""

    TOTP = "totp"
    CODES = "codes"
    """Recovery codes."""
    PASSKEY = "passkey"


class NoFactor(StrEnum):
    """Why a second factor is neither added nor removed."""

    WRONG = "wrong"
    """The code is not that of the secret, now."""
    OVER = "over"
    """The challenge is too old, or used: begin again."""
    NEEDED = "needed"
    """It is the last factor of a user who must have one."""
    NONE = "none"
    """There is no such factor."""


@dataclass(frozen=True, slots=True)
class TotpSetup:
    """What an authenticator needs."""

    secret: Secret
    uri: str
    """``otpauth://…`` for a QR code. It contains the secret."""

    def __repr__(self) -> str:
        return "TotpSetup(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Enrolled:
    """A second factor is set up; the recovery codes are shown once."""

    user: User
    codes: tuple[str, ...]


@dataclass(frozen=True)
class FactorService:
    """Second factors of all users."""

    stored: StaffRepositories
    secrets: StaffSecrets
    clock: Clock
    required: Collection[Role]
    """Users with one of these roles must have a second factor."""

    def must_have(self, user: User) -> bool:
        """Tell whether a user must have a second factor."""
        return not user.roles.isdisjoint(self.required)

    def of(self, user: User) -> Factors:
        return self.stored.factors.of(user.id)

    def require_fresh(self, session: StaffSession) -> None:
        """Raise StepUpNeeded if the user has shown no factor recently.

        For a user without a second factor, the password of a login some minutes ago is enough.
        """
        now = self.clock.now()
        is_new = now - session.created_at <= STEP_UP_FOR and not self.of(session.user)
        if not is_new and not session.is_proven(now):
            raise StepUpNeeded("factors")

    def start(self, session: StaffSession) -> str:
        """Return a challenge with which the session's user can set up a TOTP, or another one."""
        self.require_fresh(session)
        return self.begin(session.user, f"session {session.id}")

    def begin(self, user: User, source: str = "") -> str:
        """Return a challenge as ``start`` does, to a user whose password was right."""
        token, until = new_token(), self.clock.now() + LASTS[Purpose.ENROLMENT]
        self.stored.tokens.write(
            OneTimeToken(digest_of(token), user.id, Purpose.ENROLMENT, until, source)
        )
        return token

    def setup(self, challenge: str) -> TotpSetup | None:
        """Return the secret of an enrolment, the same each time; None: the challenge is over."""
        digest = digest_of(challenge)
        if self._enrolment(challenge) is None:
            return None
        self.stored.tokens.keep(digest, Secret(pyotp.random_base32()))
        token = self._enrolment(challenge)
        user = self.stored.users.get(token.user) if token else None
        if token is None or token.secret is None or user is None:
            return None
        uri = pyotp.TOTP(token.secret.keys).provisioning_uri(name=user.name, issuer_name=ISSUER)
        return TotpSetup(token.secret, uri)

    def confirm(self, challenge: str, code: str) -> Enrolled | NoFactor:
        """Store the TOTP of an enrolment if the code is right; replace the recovery codes."""
        digest, token = digest_of(challenge), self._enrolment(challenge)
        user = self.stored.users.get(token.user) if token else None
        if token is None or token.secret is None or user is None or user.suspended_at:
            return NoFactor.OVER
        if not self.stored.tokens.count(digest, MOST_TRIES):
            return NoFactor.OVER
        step = self._step(token.secret, code)
        if step is None:
            return NoFactor.WRONG
        codes = new_codes()
        with self.stored.transaction():
            if not self.stored.tokens.use(digest):
                return NoFactor.OVER
            self.stored.factors.set_totp(user.id, token.secret, step)
            self._set_codes(user, codes)
            self._write(user.acting(is_proven=True), None, user, Tag.FACTOR_ADDED, Factor.TOTP)
        return Enrolled(user, codes)

    def accepts(self, user: User, code: str) -> bool:
        """Use up a code of the user's TOTP. False: it is wrong, or used."""
        secret = self.stored.factors.totp(user.id)
        step = self._step(secret, code) if secret else None
        return step is not None and self.stored.factors.use_step(user.id, step)

    def accepts_recovery(self, user: User, code: str) -> bool:
        """Use up a recovery code of the user. False: it is wrong, or used."""
        return self.stored.factors.use_code(user.id, self.secrets.code(user.id, code))

    def new_codes(self, session: StaffSession, key: OperationKey) -> tuple[str, ...]:
        """Replace the recovery codes of the session's user, and return them.

        A repetition returns other codes, and the former ones are void: nobody else has seen them.
        """
        self.require_fresh(session)
        codes = new_codes()
        with self.stored.transaction():
            self._set_codes(session.user, codes)
            self.write(session, key, Tag.FACTOR_ADDED, Factor.CODES)
        return codes

    def remove_totp(self, session: StaffSession, key: OperationKey) -> NoFactor | None:
        """Remove the TOTP of the session's user; None: it is removed."""
        self.require_fresh(session)
        user = session.user
        with self.stored.transaction():
            if self.stored.audit.is_done(key, Tag.FACTOR_REMOVED, user.name):
                return None
            factors = self.of(user)
            if not factors.has_totp:
                return NoFactor.NONE
            if self.must_have(user) and not factors.passkeys:
                return NoFactor.NEEDED
            self.stored.factors.set_totp(user.id, None)
            if not factors.passkeys:
                self.stored.factors.set_codes(user.id, ())
            self.write(session, key, Tag.FACTOR_REMOVED, Factor.TOTP)
        return None

    def write(self, session: StaffSession, key: OperationKey, tag: Tag, factor: Factor) -> None:
        """Write the audit entry of a change that the session's user made."""
        self._write(session.actor(self.clock.now()), key, session.user, tag, factor)

    def _enrolment(self, challenge: str) -> OneTimeToken | None:
        return self.stored.tokens.find(digest_of(challenge), Purpose.ENROLMENT, self.clock.now())

    def _step(self, secret: Secret, code: str) -> int | None:
        """Return the step for which a code is right; None: for none of those that count."""
        typed = "".join(code.split())
        if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
            return None
        otp, now = pyotp.TOTP(secret.keys), int(self.clock.now().timestamp()) // STEP
        steps = [now + off for off in range(-WINDOW, WINDOW + 1)]
        found = [step for step in steps if hmac.compare_digest(otp.generate_otp(step), typed)]
        return found[-1] if found else None

    def _set_codes(self, user: User, codes: Collection[str]) -> None:
        self.stored.factors.set_codes(user.id, [self.secrets.code(user.id, each) for each in codes])

    def _write(
        self, actor: Actor, key: OperationKey | None, user: User, tag: Tag, factor: Factor
    ) -> None:
        after = {"user": user.name, "factor": factor.value}
        self.stored.audit.write(entry_of(actor, key, self.clock.now(), tag, after=after))

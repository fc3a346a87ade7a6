"""Login: the password, then a second factor. Answers do not tell whether a name exists."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from ivr.care.hash_queue import HashQueue
from ivr.domain.actor import Actor, ActorKind, Channel
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.services import no_op
from ivr.domain.staff import (
    LASTS,
    Factors,
    Identity,
    LoginTry,
    OneTimeToken,
    Purpose,
    TryCounts,
    User,
)
from ivr.ports.clock import Clock
from ivr.ports.staff import StaffRepositories
from ivr.staff.delays import network_of, rest_of_delay
from ivr.staff.factors import MOST_TRIES, FactorService
from ivr.staff.secrets import StaffSecrets, digest_of, new_token, normal_name
from ivr.staff.sessions import SessionService


@dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """The password is right; the user must show a second factor with the challenge."""

    challenge: str
    factors: Factors


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The password is right; the user must set up a second factor with the challenge."""

    challenge: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The user may come in: open a session, and give the browser the cookie of its device."""

    user: User
    is_proven: bool
    """A second factor was shown."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Name, password or code is wrong, or the user is suspended: no answer tells which."""


@dataclass(frozen=True, slots=True)
class Over:
    """The challenge is too old, used, or had too many codes: begin again with the password."""


@dataclass(frozen=True, slots=True)
class Delayed:
    """There were too many failures: nothing was compared."""

    seconds: int
    """The next try may come after so long."""


LoginResult = SecondFactorNeeded | Enrolment | LoggedIn | Refused | Delayed
CodeResult = LoggedIn | Refused | Over | Delayed
StepUpResult = str | Refused | Delayed
"""The session's new token, or why there is none."""


@dataclass(frozen=True)
class LoginService:
    """Logins of all users."""

    stored: StaffRepositories
    secrets: StaffSecrets
    factors: FactorService
    sessions: SessionService
    turns: HashQueue
    clock: Clock

    def password(self, name: str, password: str, address: str, device: str = "") -> LoginResult:
        """Compare a password. ``device`` is the token of the browser's cookie, if it has one.

        Each call computes one hash, whether the name exists or not. Raise TemporarilyUnavailable
        if too many hashes wait; then the try does not count.
        """
        with self.turns.slot(no_op):
            user = self.stored.users.find(normal_name(name))
            tried = self._try(name, user, address, device)
            rest, tries = self.stored.tries.open(tried, self.clock.now(), self._rest)
            if rest:
                return _delayed(rest)
            verifier = self.stored.passwords.get(user.id if user else 0)
            matches = self.turns.work(lambda: self.secrets.matches(verifier, password))
        if user is None or not matches or user.suspended_at is not None:
            self._write_failure(user, name, address, tries, "password")
            return Refused()
        return self._after_first(user, tried.source, address)

    def identified(self, identity: Identity | None, address: str) -> LoginResult:
        """Go on as after a password, with who an identity provider says that it is."""
        user = self.stored.users.find(normal_name(identity.name)) if identity else None
        if user is None or identity is None or user.suspended_at is not None:
            name = identity.name if identity else ""
            self._write_failure(user, name, address, 1, "identity provider")
            return Refused()
        if identity.has_second_factor:
            return LoggedIn(user, is_proven=True)
        return self._after_first(user, f"address:{network_of(address)}", address)

    def totp(self, challenge: str, code: str) -> CodeResult:
        """Compare a code of the authenticator; each code counts once."""
        return self._second(challenge, code, is_recovery=False)

    def recovery(self, challenge: str, code: str) -> CodeResult:
        """Compare a recovery code; each counts once."""
        return self._second(challenge, code, is_recovery=True)

    def challenged(self, challenge: str) -> User | None:
        """Return the user of a challenge for a second factor; None: the challenge is over."""
        digest = digest_of(challenge)
        token = self.stored.tokens.find(digest, Purpose.SECOND_FACTOR, self.clock.now())
        user = self.stored.users.get(token.user) if token else None
        return None if user is None or user.suspended_at is not None else user

    def finish(self, challenge: str) -> CodeResult:
        """End a challenge whose second factor was shown, such as a passkey."""
        digest, user = digest_of(challenge), self.challenged(challenge)
        token = self.stored.tokens.find(digest, Purpose.SECOND_FACTOR, self.clock.now())
        if user is None or token is None or not self.stored.tokens.use(digest):
            return Over()
        self._forget(user, _source(token.source))
        return LoggedIn(user, is_proven=True)

    def step_up(self, token: str, secret: str, address: str) -> StepUpResult:
        """Compare a code of the authenticator, or the password of a user without a second factor.

        Return the session's new token: the actor is proven for some minutes.
        """
        session = self.sessions.resolve(token)
        if session is None:
            return Refused()
        user, factors = session.user, self.factors.of(session.user)
        tried = self._second_try(user, f"session:{session.id}", f"session:{session.id}")
        with self.turns.slot(no_op):
            rest, tries = self.stored.tries.open(tried, self.clock.now(), self._rest)
            if rest:
                return _delayed(rest)
            if factors.has_totp:
                matches = self.factors.accepts(user, secret)
            elif factors:
                matches = False  # a passkey is the only way
            else:
                verifier = self.stored.passwords.get(user.id)
                matches = self.turns.work(lambda: self.secrets.matches(verifier, secret))
        if not matches:
            self._write_failure(user, user.name, address, tries, "step-up")
            return Refused()
        self.stored.tries.clear(tried.who, tried.source)
        return self.sessions.rotate(token, is_proven=True) or Refused()

    def remember(self, user: User, device: str = "") -> str:
        """Return the token for the cookie of a browser in which the user has logged in.

        With it, failures of strangers at the same address do not delay the user.
        """
        is_known = bool(device) and self.stored.devices.is_known(user.id, digest_of(device))
        token = device if is_known else new_token()
        self.stored.devices.remember(user.id, digest_of(token), self.clock.now())
        return token

    def _second(self, challenge: str, code: str, *, is_recovery: bool) -> CodeResult:
        digest, user = digest_of(challenge), self.challenged(challenge)
        token = self.stored.tokens.find(digest, Purpose.SECOND_FACTOR, self.clock.now())
        if user is None or token is None:
            return Over()
        source = _source(token.source)
        is_device = source.startswith("device:")
        who = self.secrets.name(f"second {user.name}")
        tried = self._second_try(user, source, source if is_device else f"second:{who}")
        rest, tries = self.stored.tries.open(tried, self.clock.now(), self._rest)
        if rest:
            return _delayed(rest)
        if not self.stored.tokens.count(digest, MOST_TRIES):
            return Over()
        accepts = self.factors.accepts_recovery if is_recovery else self.factors.accepts
        if not accepts(user, code):
            self._write_failure(user, user.name, _address(token.source), tries, "second factor")
            return Refused()
        return self.finish(challenge)

    def _try(self, name: str, user: User | None, address: str, device: str) -> LoginTry:
        """Return how a try is counted: of a known device apart from those of its address."""
        digest = digest_of(device)
        is_known = self.stored.devices.is_known(user.id if user else 0, digest)
        source = f"device:{digest}" if is_known else f"address:{network_of(address)}"
        return LoginTry(self.secrets.name(name), source, source)

    def _second_try(self, user: User, source: str, group: str) -> LoginTry:
        return LoginTry(self.secrets.name(f"second {user.name}"), source, group)

    def _rest(self, counts: TryCounts) -> timedelta:
        return rest_of_delay(counts, self.clock.now())

    def _after_first(self, user: User, source: str, address: str) -> LoginResult:
        """Return what follows the first factor."""
        if factors := self.factors.of(user):
            return SecondFactorNeeded(self._challenge(user, source, address), factors)
        if self.factors.must_have(user):
            return Enrolment(self.factors.begin(user, source))
        self._forget(user, source)
        return LoggedIn(user, is_proven=False)

    def _challenge(self, user: User, source: str, address: str) -> str:
        token, until = new_token(), self.clock.now() + LASTS[Purpose.SECOND_FACTOR]
        source = f"{source} {address}"
        self.stored.tokens.write(
            OneTimeToken(digest_of(token), user.id, Purpose.SECOND_FACTOR, until, source)
        )
        return token

    def _forget(self, user: User, source: str) -> None:
        """Forget the failures of a user from a source, after a whole login."""
        for name in (user.name, f"second {user.name}"):
            self.stored.tries.clear(self.secrets.name(name), source)

    def _write_failure(
        self, user: User | None, name: str, address: str, tries: int, what: str
    ) -> None:
        """Count a failure in the audit. A name that is no user's is written as a hash."""
        visitor = Actor(ActorKind.VISITOR, address, Channel.DESK)
        known = user.name if user else f"unknown {self.secrets.name(name)[:12]}"
        after: Facts = {"user": known, "tries": tries, "what": what}
        now = self.clock.now()
        self.stored.audit.write(entry_of(visitor, None, now, Tag.LOGIN_FAILED, after=after))


def _delayed(rest: timedelta) -> Delayed:
    return Delayed(math.ceil(rest.total_seconds()))


def _source(kept: str) -> str:
    """Return the source of a challenge's password, without the address."""
    return kept.partition(" ")[0]


def _address(kept: str) -> str:
    return kept.partition(" ")[2]

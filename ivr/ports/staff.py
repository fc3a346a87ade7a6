"""Stored users, their ways in, their sessions, and the audit of what they do.

The services of ``ivr.staff`` write an operation and its audit entry in one ``transaction``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ivr.domain.actor import OperationKey
from ivr.domain.audit import AuditEntry, Tag
from ivr.domain.rights import Role
from ivr.domain.staff import (
    Factors,
    Identity,
    LoginTry,
    OneTimeToken,
    Passkey,
    Profile,
    Purpose,
    StaffSession,
    TryCounts,
    User,
    UserOverview,
)
from ivr.domain.values import Secret
from ivr.ports.transaction import Transaction

DelayOf = Callable[[TryCounts], timedelta]
"""Returns how long a try must wait after these failures."""


class Users(Protocol):
    """Users. A user is never deleted: the audit names it."""

    def find(self, name: str) -> User | None: ...

    def get(self, id: int) -> User | None: ...

    def hold(self, id: int) -> User | None:
        """Return a user that this transaction will change.

        Other transactions that hold a user wait until this one ends.
        """
        ...

    def list(self, at: datetime) -> Sequence[UserOverview]:
        """Return all users in the order of their names."""
        ...

    def add(self, name: str, profile: Profile, at: datetime) -> User | None:
        """Store a new user; None: the name is taken."""
        ...

    def write(self, user: User) -> None:
        """Store the profile and the suspension of a known user."""
        ...

    def has_other(self, role: Role, id: int) -> bool:
        """Tell whether another user has a role, a password and no suspension.

        A transaction that holds a user may rely on it.
        """
        ...


class Passwords(Protocol):
    """Verifiers of passwords."""

    def get(self, user: int) -> str | None: ...

    def set(self, user: int, verifier: str | None) -> None: ...


class SecondFactors(Protocol):
    """TOTP secrets and recovery codes."""

    def of(self, user: int) -> Factors: ...

    def totp(self, user: int) -> Secret | None:
        """Return the TOTP secret, in base 32."""
        ...

    def set_totp(self, user: int, secret: Secret | None, step: int = 0) -> None:
        """Store a TOTP secret, or remove it. Codes of ``step`` and before are used up."""
        ...

    def use_step(self, user: int, step: int) -> bool:
        """Use up the codes of a step and before. False: they were used up already."""
        ...

    def set_codes(self, user: int, digests: Sequence[str]) -> None:
        """Replace the recovery codes by those with these hashes."""
        ...

    def use_code(self, user: int, digest: str) -> bool:
        """Use up a recovery code. False: there is none with this hash."""
        ...


class Passkeys(Protocol):
    """Passkeys of users."""

    def of(self, user: int) -> Sequence[Passkey]: ...

    def find(self, credential: bytes) -> Passkey | None: ...

    def add(self, passkey: Passkey) -> bool:
        """Store a new passkey; its id is not read. False: the credential is known already."""
        ...

    def use(self, id: int, count: int, at: datetime) -> bool:
        """Store a use and its count. False: a use with this count or a higher one was stored.

        Authenticators that do not count say 0 each time.
        """
        ...

    def remove(self, user: int, id: int | None = None) -> int:
        """Remove one passkey of a user, or all; return how many."""
        ...


class Sessions(Protocol):
    """Sessions by the hashes of their tokens."""

    def open(
        self,
        user: int,
        digest: str,
        at: datetime,
        step_up_at: datetime | None,
        address: str,
        browser: str,
    ) -> StaffSession: ...

    def find(self, digest: str) -> StaffSession | None:
        """Return a session, with its user as stored now."""
        ...

    def of(self, user: int) -> Sequence[StaffSession]:
        """Return the sessions of a user, newest first."""
        ...

    def touch(self, id: int, at: datetime) -> None:
        """Store that a session was in use."""
        ...

    def rotate(self, id: int, digest: str, step_up_at: datetime | None) -> bool:
        """Give a session another token. None leaves the time of the step-up. False: it is over."""
        ...

    def end(self, id: int) -> StaffSession | None:
        """End a session and return it; None: it is over already."""
        ...


class OneTimeTokens(Protocol):
    """One-time tokens by their hashes."""

    def write(self, token: OneTimeToken) -> None:
        """Store a token, in place of the others of its user with the same purpose and source."""
        ...

    def find(self, digest: str, purpose: Purpose, at: datetime) -> OneTimeToken | None:
        """Return a token that is still valid at ``at``."""
        ...

    def keep(self, digest: str, secret: Secret) -> bool:
        """Store the secret of a token. False: it has one, or the token is gone."""
        ...

    def count(self, digest: str, most: int) -> bool:
        """Count a try against a token. False: it has had ``most``, or is gone."""
        ...

    def use(self, digest: str) -> bool:
        """Remove a token. False: another request has used it."""
        ...

    def end(self, user: int) -> None:
        """Remove all tokens of a user."""
        ...

    def prune(self, at: datetime) -> None:
        """Remove tokens that are no longer valid at ``at``."""
        ...


class LoginTries(Protocol):
    """Tries to log in that have failed, or are not decided yet."""

    def open(self, tried: LoginTry, at: datetime, delay: DelayOf) -> tuple[timedelta, int]:
        """Store a try as failed, before the secret is compared; return no delay and its count.

        If ``delay`` says that it must wait, return the rest of that time and store nothing. This
        is one transaction: of several tries at the same time, each sees those before it.
        """
        ...

    def clear(self, who: str, source: str) -> None:
        """Forget the failures of a name from a source, after a login."""
        ...


class Devices(Protocol):
    """Browsers in which a user has logged in before."""

    def is_known(self, user: int, digest: str) -> bool: ...

    def remember(self, user: int, digest: str, at: datetime) -> None: ...

    def forget(self, user: int) -> None:
        """Forget all devices of a user."""
        ...


class AuditWriter(Protocol):
    """The audit, for services that write an operation and its entry in one transaction."""

    def is_done(self, key: OperationKey, tag: Tag, user: str) -> bool:
        """Tell whether an operation on a user is done already. Ask it first in its transaction.

        Raise KeyTaken if it was done to another user.
        """
        ...

    def write(self, entry: AuditEntry) -> None:
        """Write an entry, as the last statement of a transaction."""
        ...


class IdentityProvider(Protocol):
    """An OpenID Connect provider. Both methods may raise TemporarilyUnavailable."""

    def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address where the browser logs in; it comes back to ``redirect``.

        ``verifier`` is the secret of PKCE (RFC 7636).
        """
        ...

    def identify(self, code: str, redirect: str, nonce: str, verifier: str) -> Identity | None:
        """Return who came back with a code; None: the code or the answer is not valid."""
        ...


@dataclass(frozen=True)
class StaffRepositories:
    """All that the services of ``ivr.staff`` store, in one database."""

    users: Users
    passwords: Passwords
    factors: SecondFactors
    passkeys: Passkeys
    sessions: Sessions
    tokens: OneTimeTokens
    tries: LoginTries
    devices: Devices
    audit: AuditWriter
    transaction: Transaction

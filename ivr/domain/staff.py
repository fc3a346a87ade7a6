"""The people who work with the line: users, their limits, sessions and ways in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.actor import Actor, ActorKind, Channel
from ivr.domain.rights import ROLE_RIGHTS as ROLE_RIGHTS
from ivr.domain.rights import STEP_UP_FOR, rights_of
from ivr.domain.rights import Right as Right
from ivr.domain.rights import Role as Role
from ivr.domain.values import Language, Secret

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
"""A user's name for logging in, in lower case."""
MOST_DISPLAYED = 80
"""Letters of a display name."""

KINDS: Mapping[Role, ActorKind] = {
    Role.AGENT: ActorKind.AGENT,
    Role.SUPERVISOR: ActorKind.SUPERVISOR,
    Role.EDITOR: ActorKind.EDITOR,
    Role.PUBLISHER: ActorKind.PUBLISHER,
    Role.CLERK: ActorKind.CLERK,
    Role.LETTERS: ActorKind.CLERK,
    Role.CORPORATE: ActorKind.CLERK,
    Role.ANALYST: ActorKind.ANALYST,
    Role.ADMIN: ActorKind.ADMIN,
    Role.AUDITOR: ActorKind.AUDITOR,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rights of a user are limited to. An empty set is no limit."""

    queues: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    languages: frozenset[Language] = frozenset()
    offices: frozenset[str] = frozenset()

    def allows(
        self,
        *,
        queue: str | None = None,
        topic: str | None = None,
        language: Language | None = None,
        office: str | None = None,
    ) -> bool:
        """Tell whether all the given ones are within the limits."""
        pairs = (
            (self.queues, queue),
            (self.topics, topic),
            (self.languages, language),
            (self.offices, office),
        )
        return all(value is None or not of or value in of for of, value in pairs)


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator decides about a user."""

    display_name: str
    language: Language
    """The language of the user's pages."""
    spoken: frozenset[Language]
    """The languages in which an agent takes calls."""
    roles: frozenset[Role]
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class User:
    """A person who works with the line."""

    id: int
    name: str
    display_name: str
    language: Language
    spoken: frozenset[Language]
    roles: frozenset[Role]
    limits: Limits = Limits()
    suspended_at: datetime | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return rights_of(self.roles)

    @property
    def profile(self) -> Profile:
        return Profile(self.display_name, self.language, self.spoken, self.roles, self.limits)

    def acting(self, *, is_proven: bool = False, channel: Channel = Channel.DESK) -> Actor:
        """Return the user as an actor with the rights of all roles.

        The kind of actor is that of the first role. ``is_proven``: a second factor was shown
        recently.
        """
        kind = next((KINDS[role] for role in Role if role in self.roles), ActorKind.USER)
        return Actor(kind, self.name, channel, self.rights, is_proven)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A user who is logged in, in one browser."""

    id: int
    user: User
    created_at: datetime
    seen_at: datetime
    step_up_at: datetime | None
    """When a second factor was last shown; None: only the password was."""
    address: str
    browser: str

    @property
    def rights(self) -> frozenset[Right]:
        return self.user.rights

    def is_proven(self, now: datetime) -> bool:
        """Tell whether a second factor was shown recently."""
        return self.step_up_at is not None and now - self.step_up_at <= STEP_UP_FOR

    def actor(self, now: datetime, channel: Channel = Channel.DESK) -> Actor:
        """Return the user as the actor of an operation at ``now``."""
        return self.user.acting(is_proven=self.is_proven(now), channel=channel)


class SessionEnd(StrEnum):
    """Why a session ended without a logout."""

    IDLE = "idle"
    OLD = "old"
    """It reached its longest duration."""
    ENDED = "ended"
    """The user or an administrator ended it."""
    PASSWORD = "password"  # noqa: S105 - a reason
    """The user changed the password in another session."""
    FACTOR = "factor"
    """The user needs a second factor now, and has shown none at login."""


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors that a user has."""

    has_totp: bool = False
    passkeys: int = 0
    codes: int = 0
    """Recovery codes that are not used."""

    def __bool__(self) -> bool:
        return self.has_totp or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class UserOverview:
    """A user in the list of users."""

    user: User
    seen_at: datetime | None
    sessions: int
    has_joined: bool
    """The user has chosen a password."""
    factors: Factors
    invited_until: datetime | None
    """The end of a link that is not used yet."""


class Purpose(StrEnum):
    """What a one-time token is for."""

    JOIN = "join"
    """Choose a password, by a link."""
    SECOND_FACTOR = "second-factor"
    """Show a second factor, after the password."""
    ENROLMENT = "enrolment"
    """Set up a second factor."""
    PASSKEY = "passkey"
    """Add a passkey, or show one."""


LASTS: Mapping[Purpose, timedelta] = {
    Purpose.JOIN: timedelta(hours=24),
    Purpose.SECOND_FACTOR: timedelta(minutes=10),
    Purpose.ENROLMENT: timedelta(minutes=20),
    Purpose.PASSKEY: timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class OneTimeToken:
    """A token as it is stored: its hash, and what it is for."""

    digest: str
    user: int
    purpose: Purpose
    until: datetime
    source: str = ""
    """The browser to which it was given: the key under which its tries are counted."""
    secret: Secret | None = field(default=None, repr=False)
    """A TOTP secret that is being set up, or the challenge for a passkey."""


@dataclass(frozen=True, slots=True)
class LoginTry:
    """A try to log in, as it is counted."""

    who: str
    """Hash of the name: unknown names are not stored in clear."""
    source: str
    """The address, or the known device."""
    group: str
    """The tries over all names that it counts among: of the address, or of the known device."""


@dataclass(frozen=True, slots=True)
class TryCounts:
    """Failures before a try."""

    pair: int
    """Of this name from this source, in a day, since the last login."""
    pair_last: datetime | None
    group: int
    """Of the group, in an hour."""
    group_last: datetime | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as an identity provider says."""

    name: str
    has_second_factor: bool
    """The provider saw several factors."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a user: its public key, and how often it was used as the browser counts."""

    id: int
    user: int
    credential: bytes
    public_key: bytes
    count: int
    name: str
    created_at: datetime
    used_at: datetime | None = None

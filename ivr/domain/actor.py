"""Actors, and the operation key that makes a repeated operation safe."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from ivr.domain.rights import Right

OperationKey = NewType("OperationKey", str)
"""Names one operation, so that a repetition finds the first one: ``call:step`` on the phone, a UUID
for each form on the web, a UUID for each run of a command. Only its creator interprets it."""


class ActorKind(StrEnum):
    """What kind of person or program acts."""

    CALLER = "caller"
    AGENT = "agent"
    CLERK = "clerk"
    EDITOR = "editor"
    SUPERVISOR = "supervisor"
    PUBLISHER = "publisher"
    ANALYST = "analyst"
    ADMIN = "admin"
    AUDITOR = "auditor"
    USER = "user"
    """A user without a role."""
    VISITOR = "visitor"
    """A browser in which no user is logged in; its id is the address."""
    OPERATOR = "operator"
    """An engineer who runs a command."""
    SYSTEM = "system"
    """The line itself, or one of its workers."""


class Channel(StrEnum):
    """The way by which an operation was requested."""

    PHONE = "phone"
    DESK = "desk"
    OFFICE = "office"
    STUDIO = "studio"
    LETTER = "letter"
    COMMAND = "command"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller, user or program that acts.

    ``id`` is the call's id for callers, the user name for all others.
    """

    kind: ActorKind
    id: str
    channel: Channel
    rights: frozenset[Right] = field(default=frozenset(), compare=False, repr=False)
    """What the actor may do in operations that ask for a right."""
    is_proven: bool = field(default=False, compare=False, repr=False)
    """The actor has shown a second factor recently."""

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def call(self) -> str:
        """The id of the actor's call; empty: the actor acts in no call."""
        return self.id if self.kind is ActorKind.CALLER and self.channel is Channel.PHONE else ""


SYSTEM = Actor(ActorKind.SYSTEM, "line", Channel.WORKER)
"""The line itself."""


def caller(call: str) -> Actor:
    """Return the actor for the caller of a call."""
    return Actor(ActorKind.CALLER, call, Channel.PHONE)

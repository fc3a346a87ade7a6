"""Actors, and the operation key that makes a repeated operation safe."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

OperationKey = NewType("OperationKey", str)
"""Names one operation, so that a repetition finds the first one: ``call:step`` on the phone, a UUID
for each form on the web, a UUID for each run of a command. Only its creator interprets it."""


def new_key() -> OperationKey:
    """Return the key of an operation that nothing repeats."""
    return OperationKey(str(uuid.uuid4()))


class ActorKind(StrEnum):
    """What kind of person or program acts."""

    CALLER = "caller"
    AGENT = "agent"
    CLERK = "clerk"
    EDITOR = "editor"
    SUPERVISOR = "supervisor"
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

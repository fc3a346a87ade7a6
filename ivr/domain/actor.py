"""Who does something, and the key that makes doing it again safe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

OperationKey = NewType("OperationKey", str)
"""Names one operation, so that a second try finds the first: ``call:step`` on the phone, a UUID for
each form on the web, a UUID for each run of a command. Opaque to all but who made it."""


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
    """The way by which it was asked for."""

    PHONE = "phone"
    DESK = "desk"
    OFFICE = "office"
    STUDIO = "studio"
    LETTER = "letter"
    COMMAND = "command"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``id`` is a call's id for callers, a user's name for all others."""

    kind: ActorKind
    id: str
    channel: Channel

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def call(self) -> str:
        """Id of the call that the actor is the caller of; empty: it acts in no call."""
        return self.id if self.kind is ActorKind.CALLER and self.channel is Channel.PHONE else ""


SYSTEM = Actor(ActorKind.SYSTEM, "line", Channel.WORKER)
"""The line itself."""


def caller(call: str) -> Actor:
    """The caller of a call."""
    return Actor(ActorKind.CALLER, call, Channel.PHONE)

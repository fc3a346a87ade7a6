"""Calls back that callers asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.values import Language, Msisdn


class Left(StrEnum):
    """What became of a number that was left. Each has a text: ``callback.<value>``."""

    DONE = "done"
    """It is noted, by this call."""
    ALREADY = "already"
    """Another call has left it, and it is not called back yet."""
    MANY = "many"
    """The caller has left as many as a day allows: nothing is noted."""


class CallbackStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """Somebody is about to call back."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Callback:
    """A number left to be called back."""

    id: int
    call: str
    number: Msisdn
    language: Language | None
    reason: str
    at: datetime
    status: CallbackStatus
    taken: datetime | None = None
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a call-back that somebody wants to take or to close."""

    is_granted: bool
    callback: Callback | None
    """As it is now; None: there is none of this id."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of one kind may be left since a time: by one caller, and by all of those together
    who cannot be told apart, because their numbers say nothing."""

    since: datetime
    most: int
    withheld: int

"""Calls back that callers asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A call back that is asked for, and by whom."""

    number: Msisdn
    language: Language | None
    reason: str
    """Why an agent is wanted, as the call has it (``Call.reason``)."""
    caller: Msisdn | None
    """The calling number."""
    subscriber: Msisdn | None = None
    """The number that the caller is identified for."""

    @property
    def party(self) -> Msisdn | None:
        """Whose bound of a day it counts against: the identified number, else the calling one."""
        return self.subscriber or self.caller


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of one kind may be left since a time: by one caller, and by all of those together
    who cannot be told apart, because their numbers say nothing."""

    since: datetime
    most: int
    withheld: int


class CallbackStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """Somebody is about to call back."""
    DONE = "done"


TAKEN_FOR = timedelta(hours=1)
"""After so long another may take what was taken: it was not called back, or nobody said so."""


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

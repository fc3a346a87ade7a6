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

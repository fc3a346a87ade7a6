"""Call-backs: numbers that callers leave because no agent was free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ivr.call import Call
from ivr.ports.services import Reason
from ivr.values import Msisdn


class Left(StrEnum):
    """What became of a number that was left. Each has a text: ``callback.<value>``."""

    DONE = "done"
    """It is noted, by this call."""
    ALREADY = "already"
    """Another call has left it, and it is not called back yet."""
    MANY = "many"
    """The caller has left as many as a day allows: nothing is noted."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of one kind may be left since a time: by one caller, and by all of those together
    who cannot be told apart, because their numbers say nothing."""

    since: datetime
    most: int
    withheld: int


class Callbacks(Protocol):
    """Call-backs, for a dialogue."""

    def refused(self, number: Msisdn) -> Reason | None:
        """Why a number is never called back; None: it is."""
        ...

    def leave(self, call: Call, number: Msisdn) -> Left:
        """Keep a number to be called back, with the call's language and reason.

        The same number left again in the same call is DONE, and kept once. Raises ValueError for
        a number that is refused.
        """
        ...


class CallbackBook(Protocol):
    """Call-backs as written down."""

    def write(self, call: Call, number: Msisdn, at: datetime, bound: Bound) -> Left:
        """As ``Callbacks.leave``, decided and written in one transaction.

        It counts for the identified number, else for the calling one; a call leaves ``bound.most``.
        KeyTaken: another caller's call of the same id has left the number.
        """
        ...

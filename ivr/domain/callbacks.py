"""Call-backs that callers asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.values import Language, Msisdn


class Left(StrEnum):
    """The result of leaving a number. Each value has a text: ``callback.<value>``."""

    DONE = "done"
    """This call left it; it is stored."""
    ALREADY = "already"
    """Another call left it before, and it is not called back yet."""
    MANY = "many"
    """The caller reached the daily limit; nothing is stored."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call-back as requested, and the caller who requests it."""

    number: Msisdn
    language: Language | None
    reason: str
    """Why an agent is needed (``Call.reason``)."""
    caller: Msisdn | None
    """The calling number."""
    subscriber: Msisdn | None = None
    """The number that the caller is identified for."""
    topic: str = ""
    """The topic for an agent; empty: any."""

    @property
    def party(self) -> Msisdn | None:
        """The number whose daily limit applies: the identified number, else the calling number."""
        return self.subscriber or self.caller


@dataclass(frozen=True, slots=True)
class Bound:
    """Limits for what callers may leave since ``since``.

    ``most`` is for one caller; ``withheld`` is for all callers without a usable number together,
    because they cannot be told apart.
    """

    since: datetime
    most: int
    withheld: int


class CallbackStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    """An agent is about to call back."""
    DONE = "done"


class CallbackResult(StrEnum):
    """The result of one try to call back. Each value has a text on the desk."""

    REACHED = "reached"
    WRONG_NUMBER = "wrong-number"
    """Somebody else answered; it is not tried again."""
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    LATER = "later"
    """The person asked to be called at another time."""

    @property
    def is_final(self) -> bool:
        """Whether the number is not called again."""
        return self in (CallbackResult.REACHED, CallbackResult.WRONG_NUMBER)


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
    topic: str = ""
    tries: int = 0
    next_at: datetime | None = None
    """When to try again; None: at any time."""
    result: CallbackResult | None = None
    """Of the newest try."""

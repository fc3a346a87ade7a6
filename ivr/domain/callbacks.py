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

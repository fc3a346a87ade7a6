"""Written requests of subscribers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, get_args

from ivr.domain.actor import Actor
from ivr.domain.values import Language, Msisdn

RequestKind = Literal["merge-accounts", "split-account"]
"""The kinds of request: one personal account for several numbers, or several for one."""
KINDS: tuple[RequestKind, ...] = get_args(RequestKind)


@dataclass(frozen=True, slots=True)
class Request:
    """One confirmed request. ``reference`` is the key of the operation that left it; the back
    office knows the request by it."""

    reference: str
    kind: RequestKind
    numbers: tuple[Msisdn, ...]
    """The numbers that it is about, in the order of entry."""
    asker: Msisdn | None
    """The calling number; proves nothing."""
    language: Language | None
    at: datetime
    number: int = 0
    """The number that callers hear; given when the request is stored."""
    ticket: str | None = None
    """The number given by the back office; None: the back office does not have it yet."""
    tries: int = 0
    tried: datetime | None = None
    party: Msisdn | None = None
    """The number whose daily limit applies: the identified number, else the calling number. None:
    neither is known."""

    actor: Actor = field(kw_only=True)
    """The actor that left it."""

    def is_same(self, other: Request) -> bool:
        """Tell whether two requests with one reference have the same actor and numbers."""
        mine = self.actor, self.asker, self.numbers
        return mine == (other.actor, other.asker, other.numbers)


class NoRequest(StrEnum):
    """Why a request is not accepted. Each value has a text of its own: ``request.<reason>``."""

    IN_CALL = "in-call"
    """The call reached its limit."""
    MANY = "many"
    """The party reached its daily limit."""


class Numbers(StrEnum):
    """Whether a request has enough numbers."""

    TWICE = "twice"
    """The same number was given twice."""
    FEW = "few"
    ENOUGH = "enough"
    """Enough, and more are allowed."""
    FULL = "full"
    """Enough, and no more are allowed."""
    MANY = "many"

"""Written requests of subscribers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, get_args

from ivr.domain.actor import Actor
from ivr.domain.values import Language, Msisdn

RequestKind = Literal["merge-accounts", "split-account"]
"""What may be asked for: one personal account for several numbers, or several for one."""
KINDS: tuple[RequestKind, ...] = get_args(RequestKind)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was confirmed. ``reference`` is the key of the operation that left it; the
    back office knows the request by it."""

    reference: str
    kind: RequestKind
    numbers: tuple[Msisdn, ...]
    """The numbers that it is about, in the order in which they were keyed in."""
    asker: Msisdn | None
    """The calling number; proves nothing."""
    language: Language | None
    at: datetime
    number: int = 0
    """What callers are told; given when it is written down."""
    ticket: str | None = None
    """What the back office calls it; None: it does not have it yet."""
    tries: int = 0
    tried: datetime | None = None
    party: Msisdn | None = None
    """Whose bound of a day it counts against: the identified number, else the calling one. None:
    neither is known."""

    actor: Actor = field(kw_only=True)
    """Who left it."""

    def is_same(self, other: Request) -> bool:
        """Whether two with one reference are the same actor's, for the same numbers."""
        mine = self.actor, self.asker, self.numbers
        return mine == (other.actor, other.asker, other.numbers)


class NoRequest(StrEnum):
    """Why a request is not taken down. Each has a text of its own: ``request.<reason>``."""

    IN_CALL = "in-call"
    """As many as a call may leave are left."""
    MANY = "many"
    """As many as a day allows are left."""


class Numbers(StrEnum):
    """How far the numbers of a request are."""

    TWICE = "twice"
    """The same number stands there twice."""
    FEW = "few"
    ENOUGH = "enough"
    """There may be more."""
    FULL = "full"
    """Enough, and there may be no more."""
    MANY = "many"

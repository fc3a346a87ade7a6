"""Requests that people of the back office carry out: taken down by the line, sent on later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from ivr.ports.callbacks import Bound
from ivr.values import Language, Msisdn

RequestKind = Literal["merge-accounts", "split-account"]
"""What may be asked for: one personal account for several numbers, or several for one."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was confirmed. ``reference`` is its idempotency key ``call:step``."""

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

    @property
    def call(self) -> str:
        """The call that left it."""
        return self.reference.rpartition(":")[0]

    def is_same(self, other: Request) -> bool:
        """Whether two with one reference are the same caller's, for the same numbers."""
        return (self.asker, self.numbers) == (other.asker, other.numbers)


class NoRequest(StrEnum):
    """Why a request is not taken down. Each has a text of its own: ``request.<reason>``."""

    IN_CALL = "in-call"
    """As many as a call may leave are left."""
    MANY = "many"
    """As many as a day allows are left."""


class Requests(Protocol):
    """Taking requests down, for a dialogue."""

    def room(self, call: str, party: Msisdn | None) -> NoRequest | None:
        """Why no further request would be taken down now; None: one would be."""
        ...

    def leave(
        self,
        reference: str,
        kind: RequestKind,
        numbers: Sequence[Msisdn],
        asker: Msisdn | None,
        language: Language | None,
        subscriber: Msisdn | None = None,
    ) -> int | NoRequest:
        """Write a confirmed request down; answers its number. The same reference is written once.

        ``subscriber`` is the number that the caller is identified for. TemporarilyUnavailable: it
        could not be written, and nobody will act on it.
        """
        ...

    def recall(self, reference: str, asker: Msisdn | None) -> int | None:
        """The number of what a caller left under a reference; None: he left nothing."""
        ...


class RequestBook(Protocol):
    """Requests as written down. Each method is one short transaction."""

    def write(self, request: Request, bound: Bound, in_call: int) -> Request | NoRequest:
        """Write a new request; if the reference is known, answer the one written then.

        KeyTaken: the reference is that of another caller's request, or of other numbers.
        ``bound`` is that of its party, ``in_call`` how many a call may leave.
        """
        ...

    def room(self, call: str, party: Msisdn | None, bound: Bound, in_call: int) -> NoRequest | None:
        """Why a new request would not be written now; None: it would."""
        ...

    def find(self, reference: str) -> Request | None:
        """The request that was written under a reference."""
        ...

    def unsent(self, before: datetime, most: int) -> Sequence[Request]:
        """Oldest first: without a ticket, and not tried since ``before``."""
        ...

    def sent(self, number: int, ticket: str) -> None:
        """The back office has it. A second ticket changes nothing."""
        ...

    def tried(self, number: int, at: datetime) -> None:
        """Note a try that had no answer; the claim ends."""
        ...

    def claim(self, request: Request, at: datetime, until: datetime) -> bool:
        """Take a request in hand: until then nobody else sends it.

        False: another has it in hand, or it was tried or sent since it was read.
        """
        ...

    def newest(self, most: int) -> Sequence[Request]: ...

    def forget(self, before: datetime) -> int:
        """Delete those that the back office has and that were left before; answers how many."""
        ...

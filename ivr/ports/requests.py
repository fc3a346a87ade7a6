"""Written requests of subscribers: leaving one, and the book of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Bound
from ivr.domain.requests import NoRequest, Numbers, Request, RequestKind
from ivr.domain.values import Language, Msisdn


class Requests(Protocol):
    """Taking requests down, for a dialogue."""

    def room(self, actor: Actor, party: Msisdn | None) -> NoRequest | None:
        """Why no further request would be taken down now; None: one would be."""
        ...

    def numbers(self, kind: RequestKind, numbers: Sequence[Msisdn]) -> Numbers:
        """How far the numbers of a request are."""
        ...

    def leave(
        self,
        actor: Actor,
        key: OperationKey,
        kind: RequestKind,
        numbers: Sequence[Msisdn],
        asker: Msisdn | None,
        language: Language | None,
        subscriber: Msisdn | None = None,
    ) -> int | NoRequest:
        """Write a confirmed request down; answers its number. The same key is written once.

        ``subscriber`` is the number that the caller is identified for. ValueError: ``numbers`` are
        neither ENOUGH nor FULL. TemporarilyUnavailable: it could not be written, and nobody will
        act on it.
        """
        ...

    def recall(self, actor: Actor, key: OperationKey, asker: Msisdn | None) -> int | None:
        """The number of what was left under a key; None: nothing was."""
        ...


class RequestRepository(Protocol):
    """Requests as written down. Each method is one short transaction."""

    def write(self, request: Request, bound: Bound, in_call: int) -> Request | NoRequest:
        """Write a new request; if the reference is known, answer the one written then.

        KeyTaken: the reference is that of another actor's request, or of other numbers.
        ``bound`` is that of its party, ``in_call`` how many a call may leave.
        """
        ...

    def room(
        self, actor: Actor, party: Msisdn | None, bound: Bound, in_call: int
    ) -> NoRequest | None:
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

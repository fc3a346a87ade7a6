"""Written requests of subscribers: the operations for a dialogue, and the repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Bound
from ivr.domain.requests import NoRequest, Numbers, Request, RequestKind
from ivr.domain.values import Language, Msisdn


class Requests(Protocol):
    """Written requests, for a dialogue."""

    def room(self, actor: Actor, party: Msisdn | None) -> NoRequest | None:
        """Return why no further request is accepted now; None: one is."""
        ...

    def numbers(self, kind: RequestKind, numbers: Sequence[Msisdn]) -> Numbers:
        """Tell whether these are enough or too many numbers for a request."""
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
        """Store a confirmed request; return its number. The same key is stored once.

        ``subscriber`` is the number that the caller is identified for. Raise ValueError if
        ``numbers`` are neither ENOUGH nor FULL. Raise TemporarilyUnavailable if the request could
        not be stored; then it is lost.
        """
        ...

    def recall(self, actor: Actor, key: OperationKey, asker: Msisdn | None) -> int | None:
        """Return the number of the request that was left under a key; None: there is none."""
        ...


class RequestRepository(Protocol):
    """Stored requests. Each method is one short transaction."""

    def write(self, request: Request, bound: Bound, in_call: int) -> Request | NoRequest:
        """Store a new request; if the reference is known, return the request stored under it.

        Raise KeyTaken if that request is another actor's, or about other numbers. ``bound`` is the
        limit for its party, ``in_call`` the number of requests that one call may leave.
        """
        ...

    def room(
        self, actor: Actor, party: Msisdn | None, bound: Bound, in_call: int
    ) -> NoRequest | None:
        """Return why a new request would not be stored now; None: it would be."""
        ...

    def find(self, reference: str) -> Request | None:
        """Return the request with a reference."""
        ...

    def unsent(self, before: datetime, most: int) -> Sequence[Request]:
        """Return requests without a ticket that were not tried since ``before``, oldest first."""
        ...

    def sent(self, number: int, ticket: str) -> None:
        """Store the ticket of the back office. A second ticket changes nothing."""
        ...

    def tried(self, number: int, at: datetime) -> None:
        """Store an attempt that had no answer; the claim ends."""
        ...

    def claim(self, request: Request, at: datetime, until: datetime) -> bool:
        """Claim a request: until ``until`` no other worker sends it.

        Return False if another worker has it, or it was tried or sent since it was read.
        """
        ...

    def newest(self, most: int) -> Sequence[Request]: ...

    def forget(self, before: datetime) -> int:
        """Delete requests left before ``before`` that the back office has; return how many."""
        ...

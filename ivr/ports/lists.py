"""Lists for people: what is stored, a page at a time.

Each takes how many at ``most`` and the cursor that the page before answered; no list reads more of
its table than its page. Unusable: the cursor is none of the list's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # a list is imported without the types of all others
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from ivr.domain.callbacks import Callback, CallbackStatus
    from ivr.domain.journal import Record
    from ivr.domain.messages import Message, MessageState
    from ivr.domain.orders import Order
    from ivr.domain.paging import Page
    from ivr.domain.values import Language, Msisdn


class OrderList(Protocol):
    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        number: Msisdn | None = None,
        since: datetime | None = None,
        is_open: bool = False,
    ) -> Page[Order]:
        """Newest first; ``is_open``: those that wait for the network, oldest first."""
        ...


class CallList(Protocol):
    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        caller: Msisdn | None = None,
    ) -> Page[Record]:
        """Calls that began at ``since`` or later, newest first."""
        ...

    def get(self, id: str) -> Record | None: ...


class MessageList(Protocol):
    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        number: Msisdn | None = None,
        state: MessageState | None = None,
    ) -> Page[Message]:
        """Newest first."""
        ...


class CallbackList(Protocol):
    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        status: CallbackStatus | None = None,
        number: Msisdn | None = None,
    ) -> Page[Callback]:
        """Oldest first: who has waited longest is called first. Without a status those that are
        not done."""
        ...

    def due(
        self, languages: Collection[Language], at: datetime, since: datetime, most: int
    ) -> Sequence[Callback]:
        """Those that an agent may take now, the longest waiting first.

        Only in ``languages`` or without one; those that were taken at ``since`` or earlier are free
        again.
        """
        ...

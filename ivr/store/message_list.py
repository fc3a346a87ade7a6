"""Messages as operators look at them, and sending failed ones again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import asc, delete, exists, select, update

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.messages import Message, MessageState
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn
from ivr.ports.lists import MessageList
from ivr.store.audit import write_entry
from ivr.store.database import Database
from ivr.store.message_rows import read_messages, with_parts
from ivr.store.paging import read_page
from ivr.store.tables import message_parts, messages, subscribers

SENT_AGAIN = (MessageState.FAILED.value, MessageState.UNDELIVERED.value)
"""States of messages that an operator's user may send again."""


@dataclass(frozen=True)
class StoredMessages(MessageList):
    database: Database

    def retry(self, actor: Actor, key: OperationKey, ids: Iterable[int], at: datetime) -> int:
        """Put messages that failed or were not delivered into the outbox again; answers how many.

        All their parts are sent again, as if written at ``at``. Messages in other states, and
        messages whose text is not kept, stay as they are.
        """
        again = {
            "state": MessageState.WAITING.value,
            "written": at,
            "due": at,
            "settled": None,
            "tries": 0,
            "detail": "",
        }
        with self.database.writing() as connection:
            mine = select(messages.c.id, messages.c.number, messages.c.state).where(
                messages.c.id.in_(list(ids)),
                messages.c.state.in_(SENT_AGAIN),
                messages.c.body != "",
                ~exists().where(
                    subscribers.c.msisdn == messages.c.number,
                    subscribers.c.owner_since >= messages.c.written,
                ),
            )
            found = connection.execute(mine.with_for_update()).all()
            known = [row.id for row in found]
            connection.execute(delete(message_parts).where(message_parts.c.message_id.in_(known)))
            connection.execute(update(messages).where(messages.c.id.in_(known)).values(**again))
            for row in found:
                before: Facts = {"message": row.id, "state": row.state}
                after = {**before, "state": MessageState.WAITING.value}
                tag, number = Tag.MESSAGE_RETRY, Msisdn(row.number)
                entry = entry_of(actor, key, at, tag, number, before=before, after=after)
                write_entry(connection, entry)
        return len(found)

    def failed(self, since: datetime, most: int) -> Sequence[Message]:
        """Return the messages that failed at ``since`` or later, oldest first."""
        query = (
            select(messages)
            .where(messages.c.state == MessageState.FAILED.value, messages.c.settled >= since)
            .order_by(asc(messages.c.written), asc(messages.c.id))
            .limit(most)
        )
        with self.database.reading() as connection:
            return read_messages(connection, query)

    def get(self, id: int) -> Message | None:
        """Return a message in any state."""
        with self.database.reading() as connection:
            return next(
                iter(read_messages(connection, select(messages).where(messages.c.id == id))), None
            )

    def oldest_waiting(self) -> Message | None:
        """Return the message that has waited longest, for monitoring."""
        query = (
            select(messages)
            .where(messages.c.state == MessageState.WAITING.value)
            .order_by(asc(messages.c.written), asc(messages.c.id))
            .limit(1)
        )
        with self.database.reading() as connection:
            return next(iter(read_messages(connection, query)), None)

    def newest(self, most: int, number: Msisdn | None = None) -> Sequence[Message]:
        """Newest first, of one number or of all."""
        return self.page(most, number=number).items

    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        number: Msisdn | None = None,
        state: MessageState | None = None,
    ) -> Page[Message]:
        query = select(messages)
        if number is not None:
            query = query.where(messages.c.number == number)
        if state is not None:
            query = query.where(messages.c.state == state.value)
        keys = (messages.c.written, messages.c.id)
        with self.database.reading() as connection:
            read = partial(with_parts, connection)
            return read_page(connection, query, keys, read, most, after)

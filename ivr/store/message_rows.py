"""Rows of messages and of their parts, within a repository's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Update, func, select, update

from ivr.domain.messages import Message, MessageState
from ivr.domain.values import Msisdn
from ivr.store.subscribers import owner_since
from ivr.store.tables import message_parts, messages

PUT_OFF = (MessageState.WAITING.value, MessageState.CAPPED.value)
GONE = (
    MessageState.SENT.value,
    MessageState.DELIVERED.value,
    MessageState.UNDELIVERED.value,
)
"""States of messages that the message centre has accepted."""


def update_waiting(id: int) -> Update:
    """Return an update of a message that has not left the outbox."""
    return update(messages).where(messages.c.id == id, messages.c.state.in_(PUT_OFF))


def count_sent(connection: Connection, number: Msisdn, occasion: str, since: datetime) -> int:
    """Count the messages of an occasion to the present owner of a number."""
    since = max(since, owner_since(connection, number))
    return connection.execute(
        select(func.count()).where(
            messages.c.number == number,
            messages.c.occasion == occasion,
            messages.c.settled > since,
            messages.c.state.in_(GONE),
        )
    ).scalar_one()


def conclude(connection: Connection, id: int, told: Sequence[bool | None]) -> MessageState | None:
    """Write and return the state that follows from the parts' receipts; None: no change."""
    if False in told:
        state = MessageState.UNDELIVERED
    elif None in told:
        return None
    else:
        state = MessageState.DELIVERED
    changed = connection.execute(
        update(messages)
        .where(messages.c.id == id, messages.c.state == MessageState.SENT.value)
        .values(state=state.value)
    )
    return state if changed.rowcount else None


def read_messages(connection: Connection, query: Select[Any]) -> list[Message]:
    """Return the messages of a query on ``messages``."""
    return with_parts(connection, connection.execute(query).all())


def with_parts(connection: Connection, rows: Sequence[Row[Any]]) -> list[Message]:
    """Return messages with the number of their parts that were acknowledged."""
    counted = dict.fromkeys((row.id for row in rows), 0)
    parts = (
        select(message_parts.c.message_id, func.count())
        .where(message_parts.c.message_id.in_(counted))
        .group_by(message_parts.c.message_id)
    )
    for id, count in connection.execute(parts) if rows else ():
        counted[id] = count
    return [_message(row, counted[row.id]) for row in rows]


def _message(row: Row[Any], parts: int) -> Message:
    return Message(
        id=row.id,
        reference=row.reference,
        number=row.number,
        body=row.body,
        state=MessageState(row.state),
        written=row.written,
        due=row.due or row.written,
        tries=row.tries,
        parts=parts,
        settled=row.settled,
        detail=row.detail,
    )

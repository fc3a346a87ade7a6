"""Repository of the outbox.

A claim moves the due time of a message to the end of the claim. So two workers never hold the same
message, and a worker that dies loses none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    asc,
    case,
    delete,
    desc,
    exists,
    func,
    select,
    update,
)

from ivr import metrics
from ivr.care.receipts import KnownPart, meant
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.messages import (
    SECRET_OCCASIONS,
    DeliveryReceipt,
    Message,
    MessageState,
    occasion_of,
)
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn
from ivr.ports.lists import MessageList
from ivr.ports.messages import Outbox, Outgoing
from ivr.store.audit import write_entry
from ivr.store.database import Database
from ivr.store.paging import read_page
from ivr.store.subscribers import owner_since
from ivr.store.tables import message_parts, messages, subscribers
from ivr.store.upsert import insert_or_ignore, is_taken

DAY = timedelta(days=1)
PUT_OFF = (MessageState.WAITING.value, MessageState.CAPPED.value)
GONE = (
    MessageState.SENT.value,
    MessageState.DELIVERED.value,
    MessageState.UNDELIVERED.value,
)
"""States of messages that the message centre has accepted."""
SENT_AGAIN = (MessageState.FAILED.value, MessageState.UNDELIVERED.value)
"""States of messages that an operator's user may send again."""
MOST_NAMESAKES = 500
"""Limit of the newest parts that are read for the names in a receipt."""


WAITED = "waited too long"
BODY_LEFT: ColumnElement[str] = case(
    (messages.c.occasion.in_(sorted(SECRET_OCCASIONS)), ""), else_=messages.c.body
)
"""The body that is kept after a message has left the outbox."""


@dataclass(frozen=True)
class StoredOutbox(Outbox, Outgoing, MessageList):
    database: Database
    a_day: int
    """Limit of messages of one occasion to one number in 24 hours."""
    now: Callable[[], datetime]

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        at = self.now()
        row = {
            "reference": reference,
            "occasion": occasion_of(reference),
            "number": number,
            "body": body,
            "state": MessageState.WAITING.value,
            "written": at,
            "due": at,
            "tries": 0,
            "detail": "",
        }
        with self.database.writing() as connection:
            if not insert_or_ignore(connection, messages, row, messages.c.reference):
                mine = select(messages.c.number).where(messages.c.reference == reference)
                if connection.execute(mine).scalar_one_or_none() not in (number, None):
                    raise is_taken(
                        "message", occasion_of(reference)
                    )  # the reference may have a number

    def has_room(self, number: Msisdn, occasion: str) -> bool:
        since = self.now() - DAY
        waiting = select(func.count()).where(
            messages.c.number == number,
            messages.c.occasion == occasion,
            messages.c.state.in_(PUT_OFF),
        )
        with self.database.reading() as connection:
            gone = _sent(connection, number, occasion, since)
            return gone + connection.execute(waiting).scalar_one() < self.a_day

    def claim(self, at: datetime, until: datetime) -> Message | None:
        oldest = (
            select(messages.c.id)
            .where(messages.c.due <= at)
            .order_by(asc(messages.c.written), asc(messages.c.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self.database.writing() as connection:
            id = connection.execute(oldest).scalar_one_or_none()
            if id is None:
                return None
            (claimed,) = _read(connection, select(messages).where(messages.c.id == id))
            connection.execute(update(messages).where(messages.c.id == id).values(due=until))
            return claimed

    def acknowledged(
        self, id: int, part: int, of: int, name: str, at: datetime, until: datetime
    ) -> None:
        row = {"message_id": id, "part": part, "name": name, "at": at}
        is_last = part + 1 == of
        sent = {
            "state": MessageState.SENT.value,
            "settled": at,
            "due": None,
            "detail": "",
            "body": BODY_LEFT,
        }
        with self.database.writing() as connection:
            insert_or_ignore(connection, message_parts, row, *message_parts.primary_key)
            connection.execute(
                update(messages)
                .where(messages.c.id == id)
                .values(**sent if is_last else {"due": until})
            )
        if is_last:
            metrics.message(MessageState.SENT)

    def later(self, id: int, due: datetime, detail: str) -> None:
        with self.database.writing() as connection:
            connection.execute(
                _waiting(id).values(
                    state=MessageState.WAITING.value,
                    tries=messages.c.tries + 1,
                    due=due,
                    detail=detail,
                )
            )

    def cap(self, id: int, due: datetime) -> None:
        with self.database.writing() as connection:
            connection.execute(_waiting(id).values(state=MessageState.CAPPED.value, due=due))

    def settle(self, id: int, state: MessageState, at: datetime, detail: str) -> None:
        with self.database.writing() as connection:
            settled = connection.execute(
                _waiting(id).values(
                    state=state.value, settled=at, due=None, detail=detail, body=BODY_LEFT
                )
            )
        if settled.rowcount:
            metrics.message(state)

    def sent(self, number: Msisdn, occasion: str, since: datetime) -> int:
        with self.database.reading() as connection:
            return _sent(connection, number, occasion, since)

    def find(self, reference: str) -> Message | None:
        with self.database.reading() as connection:
            mine = select(messages).where(messages.c.reference == reference)
            return next(iter(_read(connection, mine)), None)

    def is_followed(self, message: Message) -> bool:
        later = exists().where(
            messages.c.number == message.number,
            messages.c.occasion == message.occasion,
            messages.c.state.in_(PUT_OFF),
            messages.c.id > message.id,
        )
        with self.database.reading() as connection:
            return bool(connection.execute(select(later)).scalar_one())

    def expire(self, before: datetime, at: datetime) -> Sequence[Message]:
        old = (
            select(messages)
            .where(messages.c.state.in_(PUT_OFF), messages.c.written < before)
            .where(messages.c.due <= at)
            .order_by(asc(messages.c.written), asc(messages.c.id))
        )
        with self.database.reading() as connection:
            if connection.execute(old.limit(1)).first() is None:
                return []
        with self.database.writing() as connection:
            found = _read(connection, old.with_for_update())
            connection.execute(
                update(messages)
                .where(messages.c.id.in_([message.id for message in found]))
                .values(
                    state=MessageState.FAILED.value,
                    settled=at,
                    due=None,
                    detail=case(
                        (messages.c.detail == "", WAITED),
                        else_=f"{WAITED}; " + messages.c.detail,
                    ),
                    body=BODY_LEFT,
                )
            )
        for _ in found:
            metrics.message(MessageState.FAILED)
        return found

    def receipt(self, receipt: DeliveryReceipt, at: datetime) -> bool:
        named = (
            select(
                message_parts.c.message_id,
                message_parts.c.part,
                message_parts.c.name,
                messages.c.number,
                message_parts.c.at,
            )
            .join(messages)
            .where(message_parts.c.name.in_(receipt.names))
            .order_by(desc(message_parts.c.at))
            .limit(MOST_NAMESAKES)
        )
        with self.database.writing() as connection:
            known = [KnownPart(*row) for row in connection.execute(named)]
            found = meant(receipt, known)
            if found is None:
                return False
            mine = message_parts.c.message_id == found.message
            # The result of a part is final: a second receipt for it changes nothing.
            noted = connection.execute(
                update(message_parts)
                .where(mine, message_parts.c.part == found.part)
                .where(message_parts.c.has_arrived.is_(None))
                .values(has_arrived=receipt.has_arrived, at=at)
            )
            if not noted.rowcount:
                return False
            told = connection.execute(select(message_parts.c.has_arrived).where(mine)).scalars()
            concluded = _conclude(connection, found.message, told.all())
        if concluded is not None:
            metrics.message(concluded)
        return True

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
            return _read(connection, query)

    def get(self, id: int) -> Message | None:
        """Return a message in any state."""
        with self.database.reading() as connection:
            return next(iter(_read(connection, select(messages).where(messages.c.id == id))), None)

    def oldest_waiting(self) -> Message | None:
        """Return the message that has waited longest, for monitoring."""
        query = (
            select(messages)
            .where(messages.c.state == MessageState.WAITING.value)
            .order_by(asc(messages.c.written), asc(messages.c.id))
            .limit(1)
        )
        with self.database.reading() as connection:
            return next(iter(_read(connection, query)), None)

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
            read = partial(_with_parts, connection)
            return read_page(connection, query, keys, read, most, after)


def _waiting(id: int) -> Any:
    """Return an update of a message that has not left the outbox."""
    return update(messages).where(messages.c.id == id, messages.c.state.in_(PUT_OFF))


def _sent(connection: Connection, number: Msisdn, occasion: str, since: datetime) -> int:
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


def _conclude(connection: Connection, id: int, told: Sequence[bool | None]) -> MessageState | None:
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


def _read(connection: Connection, query: Select[Any]) -> list[Message]:
    return _with_parts(connection, connection.execute(query).all())


def _with_parts(connection: Connection, rows: Sequence[Row[Any]]) -> list[Message]:
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

"""Repository of the outbox.

A claim moves the due time of a message to the end of the claim. So two workers never hold the same
message, and a worker that dies loses none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, asc, case, desc, exists, func, select, update

from ivr import metrics
from ivr.care.receipts import KnownPart, meant
from ivr.domain.messages import (
    SECRET_OCCASIONS,
    DeliveryReceipt,
    Message,
    MessageState,
    occasion_of,
)
from ivr.domain.values import Msisdn
from ivr.ports.messages import Outbox, Outgoing
from ivr.store.message_list import StoredMessages
from ivr.store.message_rows import (
    PUT_OFF,
    conclude,
    count_sent,
    read_messages,
    update_waiting,
)
from ivr.store.tables import message_parts, messages
from ivr.store.upsert import insert_or_ignore, is_taken

DAY = timedelta(days=1)
MOST_NAMESAKES = 500
"""Limit of the newest parts that are read for the names in a receipt."""
WAITED = "waited too long"
BODY_LEFT: ColumnElement[str] = case(
    (messages.c.occasion.in_(sorted(SECRET_OCCASIONS)), ""), else_=messages.c.body
)
"""The body that is kept after a message has left the outbox."""


@dataclass(frozen=True)
class StoredOutbox(StoredMessages, Outbox, Outgoing):
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
            gone = count_sent(connection, number, occasion, since)
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
            (claimed,) = read_messages(connection, select(messages).where(messages.c.id == id))
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
                update_waiting(id).values(
                    state=MessageState.WAITING.value,
                    tries=messages.c.tries + 1,
                    due=due,
                    detail=detail,
                )
            )

    def cap(self, id: int, due: datetime) -> None:
        with self.database.writing() as connection:
            connection.execute(update_waiting(id).values(state=MessageState.CAPPED.value, due=due))

    def settle(self, id: int, state: MessageState, at: datetime, detail: str) -> None:
        with self.database.writing() as connection:
            settled = connection.execute(
                update_waiting(id).values(
                    state=state.value, settled=at, due=None, detail=detail, body=BODY_LEFT
                )
            )
        if settled.rowcount:
            metrics.message(state)

    def sent(self, number: Msisdn, occasion: str, since: datetime) -> int:
        with self.database.reading() as connection:
            return count_sent(connection, number, occasion, since)

    def find(self, reference: str) -> Message | None:
        with self.database.reading() as connection:
            mine = select(messages).where(messages.c.reference == reference)
            return next(iter(read_messages(connection, mine)), None)

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
            found = read_messages(connection, old.with_for_update())
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
            concluded = conclude(connection, found.message, told.all())
        if concluded is not None:
            metrics.message(concluded)
        return True

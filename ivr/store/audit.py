"""The audit trail: who did what to which number, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, desc, func, insert, select

from ivr.domain.actor import Actor, Channel, OperationKey
from ivr.domain.values import Msisdn
from ivr.store.database import Database
from ivr.store.tables import audit


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. ``action`` is a word such as ``codeword.set``; never a secret."""

    at: datetime
    author: str
    action: str
    number: Msisdn | None = None
    channel: Channel | None = None
    key: OperationKey | None = None
    """The key of the operation."""


def entry_of(
    actor: Actor, key: OperationKey, at: datetime, action: str, number: Msisdn | None = None
) -> Entry:
    """The entry of an operation."""
    return Entry(at, str(actor), action, number, actor.channel, key)


def is_done(connection: Connection, key: OperationKey, action: str) -> bool:
    """Whether an operation is done already: it is asked for a second time."""
    mine = select(audit.c.id).where(audit.c.key == key, audit.c.action == action)
    return connection.execute(mine.limit(1)).first() is not None


def write_entry(connection: Connection, entry: Entry) -> None:
    """Add an entry within the transaction of the act itself."""
    connection.execute(
        insert(audit).values(
            at=entry.at,
            author=entry.author,
            action=entry.action,
            number=entry.number,
            channel=entry.channel.value if entry.channel else None,
            key=entry.key,
        )
    )


def count_entries(
    connection: Connection, action: str, number: Msisdn, since: datetime, author: str | None = None
) -> int:
    """How many times an act was done to a number after ``since``, by anybody or by one author."""
    mine = [audit.c.number == number, audit.c.action == action, audit.c.at > since]
    if author is not None:
        mine.append(audit.c.author == author)
    return connection.execute(select(func.count()).where(*mine)).scalar_one()


class AuditTrail:
    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, entry: Entry) -> None:
        with self._database.writing() as connection:
            write_entry(connection, entry)

    def newest(self, most: int, number: Msisdn | None = None) -> Sequence[Entry]:
        """Newest first, of one number or of all."""
        query = select(audit).order_by(desc(audit.c.id)).limit(most)
        if number is not None:
            query = query.where(audit.c.number == number)
        with self._database.reading() as connection:
            return [
                Entry(
                    row.at,
                    row.author,
                    row.action,
                    row.number,
                    Channel(row.channel) if row.channel else None,
                    row.key,
                )
                for row in connection.execute(query)
            ]

"""The audit trail: who did what to which number, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, desc, func, insert, select

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


def write_entry(connection: Connection, entry: Entry) -> None:
    """Add an entry within the transaction of the act itself."""
    connection.execute(
        insert(audit).values(
            at=entry.at, author=entry.author, action=entry.action, number=entry.number
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
                Entry(row.at, row.author, row.action, row.number)
                for row in connection.execute(query)
            ]

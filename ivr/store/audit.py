"""The audit trail: who did what to which number, and when.

Each row has a place in a chain, and a hash over itself and the hash of the row before. Writers take
their places one after another: PostgreSQL holds a lock until the transaction ends, SQLite has one
writer anyway. So an entry is written last in its transaction.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, asc, bindparam, desc, func, insert, select, update

from ivr.domain.actor import Actor, Channel, OperationKey
from ivr.domain.audit import AuditEntry as AuditEntry
from ivr.domain.audit import DataRead, Fault, Link, Proof, Tag, hash_of, prove, write_facts
from ivr.domain.audit import entry_of as entry_of
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn
from ivr.ports.audit import AuditBook, Readings
from ivr.store.database import Database
from ivr.store.paging import read_page
from ivr.store.tables import audit
from ivr.store.upsert import is_taken

_CHAIN = 0x4956_5233
"""PostgreSQL advisory lock, "IVR3" in ASCII."""
_KEYS = 0x4956_5234
"""Seed of the PostgreSQL advisory locks of operation keys."""
_AT_ONCE = 1000
"""Rows that are read at a time."""
_COLUMNS = [audit.c[name] for name in Link.__slots__]
_LINK = update(audit).where(audit.c.id == bindparam("row"))
_LINK = _LINK.values(link=bindparam("place"), hash=bindparam("proof"))


def done_before(connection: Connection, key: OperationKey, tag: Tag) -> AuditEntry | None:
    """The entry of an operation that is done already, if it is asked for a second time.

    To be asked first in the transaction that writes the entry: on PostgreSQL the same key waits
    there for the other transaction's end, SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, _KEYS))))
    return read_done(connection, key, tag)


def read_done(connection: Connection, key: OperationKey, tag: Tag) -> AuditEntry | None:
    """As ``done_before``, without a wait for another transaction."""
    mine = select(audit).where(audit.c.key == key, audit.c.action == tag.value)
    row = connection.execute(mine.order_by(asc(audit.c.id)).limit(1)).first()
    return None if row is None else _entry(row)


def counts(done: AuditEntry, *names: str) -> tuple[int, ...]:
    """Numbers that an entry has of the state after it."""
    return tuple(int((done.after or {})[name] or 0) for name in names)


def is_done(
    connection: Connection, key: OperationKey, tag: Tag, number: Msisdn | None = None
) -> bool:
    """Whether an operation on a number is done already. KeyTaken: its key is another number's."""
    found = done_before(connection, key, tag)
    if found is not None and number is not None and found.number != number:
        raise is_taken("audit", key)
    return found is not None


def write_entry(connection: Connection, entry: AuditEntry) -> None:
    """Add an entry within the transaction of the act itself, as its last statement."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_CHAIN)))
    written = connection.execute(
        insert(audit)
        .values(
            at=entry.at,
            author=entry.author,
            action=str(entry.action),
            number=entry.number,
            channel=entry.channel.value if entry.channel else None,
            key=entry.key,
            before=write_facts(entry.before),
            after=write_facts(entry.after),
            host=entry.host or platform.node(),
        )
        .returning(audit.c.id)
    ).scalar_one()
    _chain(connection, written)


def _chain(connection: Connection, written: int) -> None:
    """Give a row its place, and those that came without one since the chain began: of an import,
    or of an older program that runs beside this one."""
    newest = select(audit.c.link, audit.c.hash).where(audit.c.link.is_not(None))
    last = connection.execute(newest.order_by(desc(audit.c.link)).limit(1)).first()
    place, previous = (last.link, last.hash) if last else (0, "")
    first = select(audit.c.id).where(audit.c.link == 1).scalar_subquery()
    waiting = select(*_COLUMNS).where(
        audit.c.link.is_(None), audit.c.id >= func.coalesce(first, written)
    )
    links = []
    for row in connection.execute(waiting.order_by(asc(audit.c.id))):
        place += 1
        previous = hash_of(Link(*row), place, previous or "")
        links.append({"row": row.id, "place": place, "proof": previous})
    connection.execute(_LINK, links)


def count_entries(
    connection: Connection, tag: Tag, number: Msisdn, since: datetime, author: str | None = None
) -> int:
    """How many times an act was done to a number after ``since``, by anybody or by one author."""
    mine = [audit.c.number == number, audit.c.action == tag.value, audit.c.at > since]
    if author is not None:
        mine.append(audit.c.author == author)
    return connection.execute(select(func.count()).where(*mine)).scalar_one()


@dataclass(frozen=True, slots=True)
class AuditTrail(AuditBook, Readings):
    database: Database

    def write(self, entry: AuditEntry) -> None:
        with self.database.writing() as connection:
            write_entry(connection, entry)

    def newest(self, most: int, number: Msisdn | None = None) -> Sequence[AuditEntry]:
        """Newest first, of one number or of all."""
        return self.list(most, number=number).items

    def list(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        actor: str | None = None,
        action: str | None = None,
        number: Msisdn | None = None,
    ) -> Page[AuditEntry]:
        query = select(audit)
        if since is not None:
            query = query.where(audit.c.at >= since)
        if actor is not None:
            query = query.where(audit.c.author == actor)
        if action is not None:
            query = query.where(audit.c.action == action)
        if number is not None:
            query = query.where(audit.c.number == number)
        with self.database.reading() as connection:
            return read_page(connection, query, (audit.c.id,), _entries, most, after)

    def check(self, noted: str | None = None) -> Proof:
        with self.database.importing() as connection:
            proof = prove(_chained(connection), noted)
            stray = connection.execute(_STRAY).scalar_one_or_none()
        if stray is not None and proof.fault in (None, Fault.NOT_LAST):
            return Proof(proof.rows, proof.last, Fault.OUTSIDE, stray)
        return proof

    def links(self, after: int, most: int) -> Sequence[Link]:
        with self.database.reading() as connection:
            return _links(connection, after, most)

    def note_read(self, actor: Actor, key: OperationKey, read: DataRead, at: datetime) -> None:
        after = {"what": read.what.value} | ({"item": read.item} if read.item else {})
        with self.database.writing() as connection:
            if not is_done(connection, key, Tag.DATA_READ, read.subject):
                entry = entry_of(actor, key, at, Tag.DATA_READ, read.subject, after=after)
                write_entry(connection, entry)


def _chained(connection: Connection) -> Iterator[Link]:
    """Yield the rows of the chain, oldest first."""
    place = 0
    while found := _links(connection, place, _AT_ONCE):
        yield from found
        place = found[-1].link or place


def _links(connection: Connection, after: int, most: int) -> Sequence[Link]:
    query = select(*_COLUMNS).where(audit.c.link > after).order_by(asc(audit.c.link))
    return [Link(*row) for row in connection.execute(query.limit(most))]


_BEGUN = select(func.min(audit.c.id)).where(audit.c.hash.is_not(None) | (audit.c.link.is_not(None)))
_STRAY = (
    select(audit.c.id)
    .where(audit.c.link.is_(None) | (audit.c.link < 1), audit.c.id >= _BEGUN.scalar_subquery())
    .order_by(asc(audit.c.id))
    .limit(1)
)


def _entries(rows: Sequence[Row[Any]]) -> Sequence[AuditEntry]:
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        row.at,
        row.author,
        row.action,
        row.number,
        Channel(row.channel) if row.channel else None,
        row.key,
        json.loads(row.before) if row.before else None,
        json.loads(row.after) if row.after else None,
        row.host,
    )

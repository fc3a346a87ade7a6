"""Published releases and the live pointer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, desc, exists, func, insert, select, text

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import AuditEntry, Tag, entry_of
from ivr.domain.content import StoredRelease
from ivr.ports.content import Releases
from ivr.store.audit import counts, done_before, read_done, write_entry
from ivr.store.database import Database
from ivr.store.tables import live_release, releases
from ivr.store.upsert import insert_into, is_taken

_POINTER = 1
_LIVE = select(live_release.c.number)


class StoredReleases(Releases):
    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, actor: Actor, key: OperationKey, document: str, at: datetime) -> int:
        with self._database.writing() as connection:
            if done := done_before(connection, key, Tag.RELEASE_PUBLISH):
                return _number(done)
            if connection.dialect.name == "postgresql":
                connection.execute(text("LOCK TABLE releases IN SHARE ROW EXCLUSIVE MODE"))
            newest = connection.execute(select(func.max(releases.c.number))).scalar_one()
            number: int = (newest or 0) + 1
            connection.execute(
                insert(releases).values(
                    number=number, author=str(actor), published=at, document=document
                )
            )
            _point(connection, number, (actor, key), at, Tag.RELEASE_PUBLISH)
            return number

    def published(self, key: OperationKey) -> int | None:
        with self._database.reading() as connection:
            done = read_done(connection, key, Tag.RELEASE_PUBLISH)
        return None if done is None else _number(done)

    def live(self) -> int | None:
        found = self._database.ask(_LIVE)
        return found[0].number if found else None

    def get(self, number: int) -> StoredRelease | None:
        with self._database.reading() as connection:
            row = connection.execute(
                select(releases).where(releases.c.number == number)
            ).one_or_none()
        return None if row is None else StoredRelease(*row)

    def newest(self, most: int) -> Sequence[StoredRelease]:
        query = select(releases).order_by(desc(releases.c.number)).limit(most)
        with self._database.reading() as connection:
            return [StoredRelease(*row) for row in connection.execute(query)]

    def point(self, actor: Actor, key: OperationKey, number: int, at: datetime) -> bool:
        with self._database.writing() as connection:
            if done := done_before(connection, key, Tag.RELEASE_POINT):
                if _number(done) != number:
                    raise is_taken("audit", key)
                return True
            known = select(exists().where(releases.c.number == number))
            if not connection.execute(known).scalar_one():
                return False
            _point(connection, number, (actor, key), at, Tag.RELEASE_POINT)
            return True


def _number(done: AuditEntry) -> int:
    """Return the number of the release that an entry made live."""
    (number,) = counts(done, "live")
    return number


def _point(
    connection: Connection, number: int, by: tuple[Actor, OperationKey], at: datetime, tag: Tag
) -> None:
    before = connection.execute(_LIVE).scalar_one_or_none()
    statement = insert_into(connection, live_release).values(id=_POINTER, number=number)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[live_release.c.id], set_={"number": statement.excluded.number}
        )
    )
    entry = entry_of(*by, at, tag, before={"live": before}, after={"live": number})
    write_entry(connection, entry)

"""Repository of announcements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, desc, func, insert, select

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.ports.content import Announcements
from ivr.store.audit import is_done, write_entry
from ivr.store.database import Database
from ivr.store.tables import announcements

_NEWEST = select(func.max(announcements.c.id))


@dataclass
class StoredAnnouncements(Announcements):
    """Keeps the newest announcement in memory, since every process asks for it often.

    Each call reads only the newest id; the whole row is read when the id has changed.
    """

    database: Database
    _read: tuple[int | None, Announcement | None] = (None, None)
    """Id of the newest announcement when it was last read, and the announcement."""

    def newest(self) -> Announcement | None:
        ((newest,),) = self.database.ask(_NEWEST)
        known, announcement = self._read
        if newest != known:
            announcement = self._read_newest()
            self._read = newest, announcement
        return announcement

    def _read_newest(self) -> Announcement | None:
        query = select(announcements).order_by(desc(announcements.c.id)).limit(1)
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        words = {language: getattr(row, language.value) for language in Language}
        return Announcement(words, row.until, row.author)

    def set(
        self, actor: Actor, key: OperationKey, announcement: Announcement, at: datetime
    ) -> None:
        row = {
            "at": at,
            "until": announcement.until,
            "author": str(actor),
            **{language.value: announcement.words[language] for language in Language},
        }
        with self.database.writing() as connection:
            if is_done(connection, key, Tag.ANNOUNCEMENT_SET):
                return
            before = _facts(connection)
            connection.execute(insert(announcements).values(row))
            after = _facts(connection)
            entry = entry_of(actor, key, at, Tag.ANNOUNCEMENT_SET, before=before, after=after)
            write_entry(connection, entry)


def _facts(connection: Connection) -> Facts | None:
    """Which announcement is the newest, for the audit: its row has the words, and stays."""
    newest = select(announcements.c.id, announcements.c.until)
    row = connection.execute(newest.order_by(desc(announcements.c.id)).limit(1)).one_or_none()
    return None if row is None else {"announcement": row.id, "until": row.until.isoformat()}

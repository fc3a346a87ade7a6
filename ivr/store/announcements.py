"""Repository of announcements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import desc, func, insert, select

from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.ports.content import Announcements
from ivr.store.audit import AuditEntry, write_entry
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

    def set(self, announcement: Announcement, at: datetime) -> None:
        row = {
            "at": at,
            "until": announcement.until,
            "author": announcement.author,
            **{language.value: announcement.words[language] for language in Language},
        }
        with self.database.writing() as connection:
            connection.execute(insert(announcements).values(row))
            write_entry(connection, AuditEntry(at, announcement.author, "announcement.set"))

"""Announcements as stored. Implements ``ivr.ports.Announcements``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import desc, insert, select

from ivr.ports import Announcement
from ivr.store.audit import Entry, write_entry
from ivr.store.database import Database
from ivr.store.tables import announcements
from ivr.values import Language


@dataclass(frozen=True)
class StoredAnnouncements:
    database: Database

    def newest(self) -> Announcement | None:
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
            write_entry(connection, Entry(at, announcement.author, "announcement.set"))

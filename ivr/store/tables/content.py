"""Announcements and releases."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from ivr.store.columns import Counter, UtcDateTime, metadata

announcements = Table(
    "announcements",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("tk", Text, nullable=False),
    Column("ru", Text, nullable=False),
    Column("en", Text, nullable=False),
)
"""Announcements before the menu; the newest counts, until its end."""

releases = Table(
    "releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("author", Text, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("document", Text, nullable=False),
)

live_release = Table(
    "live_release",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", ForeignKey(releases.c.number), nullable=False),
)
"""At most one row: the number of the live release."""

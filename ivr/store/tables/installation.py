"""The form of the database, the fingerprints of secrets, and the audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from ivr.store.columns import Counter, Number, UtcDateTime, Word, metadata

database_form = Table(
    "database_form",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("oldest", String(4), nullable=False),
)
"""One row: the oldest migration whose programs can use this database."""

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("name", Word, primary_key=True),
    Column("digest", String(64), nullable=False),
)
"""Fingerprints of secrets: keyed hashes of a constant. One row, ``pepper``."""

audit = Table(
    "audit",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("number", Number),
    Column("channel", Word),
    Column("key", Text),
    Column("before", Text),
    Column("after", Text),
    Column("host", Text),
    Column("link", BigInteger),
    Column("hash", String(64)),
    Index(None, "number", "at"),
    Index(None, "action", "at"),
    Index(None, "key"),
    Index(None, "link", unique=True),
    Index(None, "author", "at"),
)
"""Who did what to which number and when. Never a secret. ``key`` is that of the operation; ``link``
is the place in the chain of hashes, null in rows from before there was one."""

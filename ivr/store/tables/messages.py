"""The outbox."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from ivr.store.columns import Counter, Number, UtcDateTime, Word, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("reference", Text, nullable=False),
    Column("occasion", Word, nullable=False),
    Column("number", Number, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Word, nullable=False),
    Column("written", UtcDateTime, nullable=False),
    Column("due", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("settled", UtcDateTime),
    Column("detail", Text, nullable=False),
    UniqueConstraint("reference"),
    Index(None, "due"),
    Index(None, "number", "occasion", "settled"),
    Index(None, "written"),
    Index(None, "state", "written"),
)
"""``occasion`` is the reference up to its colon; ``due`` is null once the message is settled."""

message_parts = Table(
    "message_parts",
    metadata,
    Column("message_id", ForeignKey(messages.c.id, ondelete="CASCADE"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("has_arrived", Boolean),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "name"),
)
"""Parts that the message centre has acknowledged, with its names for them; ``has_arrived`` is
null until a receipt comes."""

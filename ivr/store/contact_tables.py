"""The tables of calls with agents."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ivr.store.actors import actor_columns
from ivr.store.columns import Counter, Number, UtcDateTime, Word, metadata

seat_loans = Table(
    "seat_loans",
    metadata,
    Column("seat", Word, primary_key=True),
    Column("session", BigInteger, nullable=False),
    Column("agent", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("session"),
    UniqueConstraint("agent"),
)
"""Which seat is lent to which session of which user."""

agent_spans = Table(
    "agent_spans",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("agent", Text, nullable=False),
    Column("state", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("call", Text, nullable=False),
    Column("begun", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("key", Text),
    Index(None, "agent", "begun"),
    Index(None, "ended"),
)
"""The time of an agent in one state. ``ended`` null: now. ``key`` is that of the operation that
began it, null if an event did."""

conversations = Table(
    "conversations",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("call", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("seat", Word, nullable=False),
    Column("queue", Text, nullable=False),
    Column("topic", Word, nullable=False),
    Column("language", String(2)),
    Column("number", Number),
    Column("rang", UtcDateTime),
    Column("answered", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("caller", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("sent_to", Text, nullable=False),
    UniqueConstraint("call", "agent"),
    Index(None, "agent", "answered"),
    Index(None, "number", "answered"),
    Index(None, "ended"),
)
"""One call with one agent. ``sent_to``: see ``ivr.domain.contacts.Conversation``.
No foreign key to ``calls``: a call reaches the agents even when no worker took it."""

dispositions = Table(
    "dispositions",
    metadata,
    Column(
        "conversation_id",
        ForeignKey(conversations.c.id, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("result", Word, nullable=False),
    Column("topic", Word, nullable=False),
    Column("note", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("goals", Text, nullable=False),
    Column("orders", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("key", Text, nullable=False),
    *actor_columns(),
)
"""The description of a conversation. ``goals`` and ``orders`` are words joined by spaces."""

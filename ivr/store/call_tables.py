"""The tables of the journal."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ivr.store.columns import Counter, Number, Taken, UtcDateTime, Word, metadata

calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("dialled", Text, nullable=False),
    Column("caller", Number),
    Column("started", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("release", Integer, nullable=False),
    Column("language", String(2)),
    Column("subscriber", Number),
    Column("means", Word),
    Column("node", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("outcome", Word),
    Column("taken", Taken, nullable=False),
    Index(None, "started"),
    Index(None, "caller", "started"),
)
"""``taken``: when the last worker took the call, in milliseconds since 1970."""

call_steps = Table(
    "call_steps",
    metadata,
    Column("call_id", ForeignKey(calls.c.id, ondelete="CASCADE"), primary_key=True),
    Column("taken", Taken, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("node", Text, nullable=False),
    Column("key", Word, nullable=False),
    Column("at", Float, nullable=False),
)
"""``taken`` identifies the worker that wrote the steps; ``at`` is in seconds since then.

Positions below 0: steps of earlier workers, which this worker knows from the checkpoint.
"""

call_goals = Table(
    "call_goals",
    metadata,
    Column("call_id", ForeignKey(calls.c.id, ondelete="CASCADE"), primary_key=True),
    Column("goal", Text, primary_key=True),
    Column("taken", Taken, nullable=False),
    Column("position", Integer, nullable=False),
)

call_identifications = Table(
    "call_identifications",
    metadata,
    Column("call_id", ForeignKey(calls.c.id, ondelete="CASCADE"), primary_key=True),
    Column("taken", Taken, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("outcome", Word, nullable=False),
)

call_orders = Table(
    "call_orders",
    metadata,
    Column("call_id", ForeignKey(calls.c.id, ondelete="CASCADE"), primary_key=True),
    Column("order_id", Text, primary_key=True),
    Column("taken", Taken, nullable=False),
    Column("position", Integer, nullable=False),
)

agent_events = Table(
    "agent_events",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("call", Text, nullable=False),
    Column("event", Word, nullable=False),
    Column("agent", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("call", "event", "agent"),
)
"""No foreign key to ``calls``: a call reaches the agents even when no worker took it."""

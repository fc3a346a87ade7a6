"""What callers ordered or asked for: orders, call-backs, requests and invoices."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ivr.store.actors import actor_columns
from ivr.store.columns import CharacteristicsType, Counter, Number, UtcDateTime, Word, metadata

orders = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("external_id", Text, nullable=False),
    Column("number", Number, nullable=False),
    Column("once_tenge", BigInteger, nullable=False),
    Column("state", Word, nullable=False),
    Column("ordered", UtcDateTime, nullable=False),
    Column("settled", UtcDateTime),
    Column("reason", Word),
    Column("undoes", ForeignKey("orders.id")),
    Column("tries", Integer, nullable=False),
    Column("tried", UtcDateTime),
    Column("due", UtcDateTime),
    Column("claimed", UtcDateTime),
    Column("sent", Word, nullable=False, server_default="not"),
    Column("sent_at", UtcDateTime),
    *actor_columns(),
    UniqueConstraint("external_id"),
    Index(None, "due"),
    Index(None, "number", "settled"),
    Index(None, "settled", "ordered"),
    Index(None, "ordered"),
    Index(None, "undoes"),
)
"""``due`` is when a held order takes effect, null if it is not held. ``claimed``: until then one
worker has claimed the order, and no other worker asks the network about it."""

order_items = Table(
    "order_items",
    metadata,
    Column("order_id", ForeignKey(orders.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("service", Word, nullable=False),
    Column("action", Word, nullable=False),
    Column("value", CharacteristicsType),
    Column("before", CharacteristicsType),
)
"""``action`` as in TMF641: ``add`` switches on, ``modify`` changes, ``delete`` switches off."""

promises = Table(
    "promises",
    metadata,
    Column("order_id", ForeignKey(orders.c.id, ondelete="CASCADE"), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("kept", Boolean, nullable=False),
    Index(None, "kept"),
)
"""Orders whose result the caller was promised as a text message."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("call", Text, nullable=False),
    Column("number", Number, nullable=False),
    Column("language", String(2)),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", Word, nullable=False),
    Column("caller", Number),
    Column("taken", UtcDateTime),
    Column("taken_by", Text),
    Column("key", Text),
    *actor_columns(),
    Column("topic", Word),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime),
    Column("result", Word),
    UniqueConstraint("call", "number"),
    Index(None, "status", "at"),
    Index(None, "number", "status"),
    Index(None, "caller", "at"),
)
"""``caller`` is the party that left the number, null if the calling number says nothing.

``taken`` and ``taken_by``: when an agent began to call back, and which. ``call`` is the call that
left the number, or the operation key if no call did. ``next_at``: when to try again, null: any
time; ``result`` is that of the newest try.
"""

requests = Table(
    "requests",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("reference", Text, nullable=False),
    Column("kind", Word, nullable=False),
    Column("number", Number),
    Column("numbers", Text, nullable=False),
    Column("language", String(2)),
    Column("at", UtcDateTime, nullable=False),
    Column("ticket", Text),
    Column("tries", Integer, nullable=False),
    Column("tried", UtcDateTime),
    Column("call", Text),
    Column("party", Number),
    Column("claimed", UtcDateTime),
    *actor_columns(),
    UniqueConstraint("reference"),
    Index(None, "ticket", "at"),
    Index(None, "call"),
    Index(None, "party", "at"),
)
"""Requests to the back office; ``ticket`` is its id for them, null until it has them.

``party`` is the party whose daily limit they count against: the identified number, else the calling
number; null: neither is known. ``claimed``: until then one worker has claimed the request.
"""

invoice_years = Table(
    "invoice_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("newest", Integer, nullable=False),
)
"""The newest invoice number of each year, updated in the transaction that writes the invoice."""

invoices = Table(
    "invoices",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("external_id", Text, nullable=False),
    Column("number", Number, nullable=False),
    Column("paper", Text, nullable=False),
    Column("fax", Number, nullable=False),
    Column("ordered", UtcDateTime, nullable=False),
    Column("state", Word, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    *actor_columns(),
    UniqueConstraint("external_id"),
    Index(None, "number", "ordered"),
    Index(None, "fax", "ordered"),
    Index(None, "state", "due"),
)
"""``paper`` is JSON: the whole content of the invoice, which does not change once written."""

fax_tries = Table(
    "fax_tries",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("begun", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("result", Word),
    Column("reason", Word),
    Column("pages", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    ForeignKeyConstraint(
        ["year", "sequence"], ["invoices.year", "invoices.sequence"], ondelete="CASCADE"
    ),
)

"""The tables. Times are aware and in UTC, money is in whole teňňe, states are TM Forum's terms.

The migrations in ``db/versions`` create exactly these tables; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ivr.store.actors import actor_columns
from ivr.store.columns import CharacteristicsType, Counter, Number, UtcDateTime, Word, metadata

subscribers = Table(
    "subscribers",
    metadata,
    Column("msisdn", Number, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("tariff", Word, nullable=False),
    Column("status", Word, nullable=False),
    Column("balance_tenge", BigInteger, nullable=False),
    Column("company", Text, nullable=False),
    Column("tax_number", Text),
    Column("address", Text),
    Column("contract", Text),
    Column("codeword", Text),
    Column("keys_latin", Text),
    Column("keys_cyrillic", Text),
    Column("passport", String(64)),
    Column("puk", LargeBinary),
    Column("proof_version", Integer, nullable=False, server_default="0"),
    Column("proof_call", Text),
    Column("owner_since", UtcDateTime),
)
"""``codeword`` to ``passport`` are verifiers (hashes), ``puk`` is encrypted: no secret is readable.

``proof_version`` counts the changes that end proofs; ``proof_call`` is the call that ordered the
newest of them, null if no call did. ``owner_since`` is when the number changed hands, null if this
database saw no such change: older rows belong to a former owner.
"""

subscriber_services = Table(
    "subscriber_services",
    metadata,
    Column("msisdn", ForeignKey(subscribers.c.msisdn, ondelete="CASCADE"), primary_key=True),
    Column("service", Word, primary_key=True),
    Column("since", UtcDateTime),
    Column("value", CharacteristicsType),
)
"""The active services with their characteristics. ``since`` null: the start is not known."""

subscriber_packages = Table(
    "subscriber_packages",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("msisdn", ForeignKey(subscribers.c.msisdn, ondelete="CASCADE"), nullable=False),
    Column("service", Word, nullable=False),
    Column("package", Word, nullable=False),
    Column("left", BigInteger, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Index(None, "msisdn", "until"),
)
"""Packages bought by an order; ``left`` is the rest according to the operator's meter."""

payments = Table(
    "payments",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("msisdn", ForeignKey(subscribers.c.msisdn, ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("amount_tenge", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False, server_default="1"),
    Column("reference", Text),
    UniqueConstraint("msisdn", "at", "amount_tenge", "ordinal"),
    UniqueConstraint("msisdn", "reference"),
)
"""``reference`` is billing's id of a payment, null if it gave none; ``ordinal`` counts equal
payments of one moment (``ivr.care.paying``)."""

caller_languages = Table(
    "caller_languages",
    metadata,
    Column("caller", Number, primary_key=True),
    Column("language", String(2), nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("call", Text, nullable=False),
    Column("number", Number, nullable=False),
    Column("caller", Number),
    Column("means", Word, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", Word, nullable=False),
    Column("forgotten", Boolean, nullable=False),
    Column("kind", Word, nullable=False, server_default="unknown"),
    Column("trunk", Word),
    Column("by", Text),
    Index(None, "number", "forgotten"),
    Index(None, "caller", "at"),
    Index(None, "call"),
    Index(None, "means", "result", "at"),
    Index(None, "kind", "at", "trunk", "result", "id"),
    Index(None, "by", "at"),
)
"""``by`` is the agent or clerk who typed what the caller said, null if the caller keyed it in.

``forgotten``: the failure does not count since a later match or an unlock. ``caller`` is the
calling number, from any network; ``kind`` is its meaning (``ivr.ports.CallerKind``).

The last index has all columns that the queries on a trunk's callers need, so they read no row.
"""

identification_codes = Table(
    "identification_codes",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("number", Number, nullable=False),
    Column("is_own", Boolean, nullable=False),
    Column("phone", String(20), nullable=False),
    Column("verifier", String(64), nullable=False),
    Column("written", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tries_elsewhere", Integer, nullable=False),
    Column("used", UtcDateTime),
    Index(None, "number", "written"),
)
"""One-time codes that end a lock, as keyed hashes; a newer code sets ``until`` to its own time.

``phone`` is the key under which the tries of the calling number that asked are counted, empty if
the number was withheld. ``tries`` counts those from that phone, ``tries_elsewhere`` all others.
"""

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
_outside = audit.c.link.is_(None)
Index("ix_audit_outside", audit.c.id, sqlite_where=_outside, postgresql_where=_outside)

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

promises = Table(
    "promises",
    metadata,
    Column("order_id", ForeignKey(orders.c.id, ondelete="CASCADE"), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("kept", Boolean, nullable=False),
    Index(None, "kept"),
)
"""Orders whose result the caller was promised as a text message."""

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

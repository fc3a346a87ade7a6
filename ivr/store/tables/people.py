"""Subscribers, their services, packages and payments, and what callers have proved."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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
payments of one moment (``ivr.care.payments``)."""

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

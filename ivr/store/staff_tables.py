"""The tables of users, their ways in and their sessions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

from ivr.store.columns import Counter, UtcDateTime, Word, metadata

Digest = String(64)
"""A SHA-256 in hexadecimal digits."""

staff_users = Table(
    "staff_users",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("name", Word, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("spoken", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("limits", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("suspended", UtcDateTime),
    Column("seen", UtcDateTime),
    Column("password", Text),
    Column("totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("name"),
)
"""``spoken`` and ``roles`` are words joined by commas, ``limits`` is JSON. ``password`` is a
verifier, ``totp`` is encrypted; codes of ``totp_step`` and before are used up."""

staff_recovery_codes = Table(
    "staff_recovery_codes",
    metadata,
    Column("user_id", ForeignKey(staff_users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("digest", Digest, primary_key=True),
)
"""Recovery codes that are not used, as keyed hashes."""

staff_passkeys = Table(
    "staff_passkeys",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("user_id", ForeignKey(staff_users.c.id, ondelete="CASCADE"), nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("used", UtcDateTime),
    UniqueConstraint("credential"),
    Index(None, "user_id"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("user_id", ForeignKey(staff_users.c.id, ondelete="CASCADE"), nullable=False),
    Column("digest", Digest, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("step_up", UtcDateTime),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    UniqueConstraint("digest"),
    Index(None, "user_id"),
    sqlite_autoincrement=True,
)
"""Sessions that are not over. SQLite must not use an id again: the audit names it."""

staff_tokens = Table(
    "staff_tokens",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("user_id", ForeignKey(staff_users.c.id, ondelete="CASCADE"), nullable=False),
    Column("purpose", Word, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("source", Text, nullable=False),
    Column("secret", LargeBinary),
    Column("tries", Integer, nullable=False, server_default="0"),
    Index(None, "user_id"),
)
"""One-time tokens that are not used. ``secret`` is encrypted."""

staff_tries = Table(
    "staff_tries",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("who", Digest, nullable=False),
    Column("source", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "who", "source", "at"),
    Index(None, "group", "at"),
    Index(None, "at"),
)
"""Failed tries to log in, of a day. ``who`` is a keyed hash of the name that was typed."""

staff_devices = Table(
    "staff_devices",
    metadata,
    Column("user_id", ForeignKey(staff_users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("digest", Digest, primary_key=True),
    Column("seen", UtcDateTime, nullable=False),
)
"""Browsers in which a user has logged in, by the hash of the token in their cookie."""

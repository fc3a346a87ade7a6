"""Idempotent inserts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import sqlite

from ivr.errors import KeyTaken

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

log = structlog.get_logger()


def insert_or_ignore(
    connection: Connection, table: Table, row: Mapping[str, Any], *key: Column[Any]
) -> bool:
    """Insert a row unless one with the same key exists; return whether it was new."""
    statement = insert_into(connection, table).values(**row)
    written = connection.execute(
        statement.on_conflict_do_nothing(index_elements=key).returning(*key)
    )
    return written.first() is not None


def is_taken(what: str, key: str) -> KeyTaken:
    """Return and log the error for a key that belongs to another number or user.

    ``key`` is logged, so it must not contain a number.
    """
    log.error(
        "an operation key belongs to another number: check that each node has its own id",
        **{what: key},
    )
    return KeyTaken()


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that supports ON CONFLICT, for the database of a connection."""
    return insert_by(connection.dialect.name, table)


def insert_by(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT as insert_into does, for an SQLAlchemy dialect."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)

"""Bounds on what callers leave, kept when two of them write at once."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, func, select

from ivr.domain.callbacks import Bound
from ivr.domain.values import Msisdn
from ivr.store.subscribers import owner_since

_ONE_AT_A_TIME = 0x4956_5232
"""PostgreSQL advisory lock, "IVR2" in ASCII; a second key names the table."""


def one_at_a_time(connection: Connection, table: Table) -> None:
    """Let one transaction after another count in a table and write to it.

    On SQLite a writing transaction is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtext(table.name)
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME, key)))


def is_alone(connection: Connection, table: Table) -> bool:
    """As one_at_a_time, without waiting: whether no other transaction is at it."""
    if connection.dialect.name != "postgresql":
        return True
    key = func.hashtext(table.name)
    mine = select(func.pg_try_advisory_xact_lock(_ONE_AT_A_TIME, key))
    return bool(connection.execute(mine).scalar_one())


def is_spent(
    connection: Connection,
    table: Table,
    column: Column[str],
    party: str | None,
    bound: Bound,
) -> bool:
    """Whether a party has as many rows as its bound allows; None: all unknown ones together.

    What a former owner of the number left does not count.
    """
    whose = column.is_(None) if party is None else column == party
    since = bound.since
    if party is not None:
        since = max(since, owner_since(connection, Msisdn(party)))
    recent = select(func.count()).select_from(table).where(whose, table.c.at > since)
    most = bound.withheld if party is None else bound.most
    return connection.execute(recent).scalar_one() >= most

"""Limits on call-backs and requests per party, enforced also for simultaneous writers."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, func, select

from ivr.domain.callbacks import Bound
from ivr.domain.values import Msisdn
from ivr.store.subscribers import owner_since

_ONE_AT_A_TIME = 0x4956_5232
"""PostgreSQL advisory lock, "IVR2" in ASCII; a second key names the table."""


def one_at_a_time(connection: Connection, table: Table) -> None:
    """Take the table's advisory lock, so that transactions count and write one after another.

    SQLite needs no lock: it has one writing transaction at a time.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtext(table.name)
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME, key)))


def is_alone(connection: Connection, table: Table) -> bool:
    """Take the lock of one_at_a_time without waiting; False: another transaction holds it."""
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
    """Tell whether a party has as many rows as its bound allows.

    ``party`` None stands for all unknown parties together. Rows of a former owner of the number do
    not count.
    """
    whose = column.is_(None) if party is None else column == party
    since = bound.since
    if party is not None:
        since = max(since, owner_since(connection, Msisdn(party)))
    recent = select(func.count()).select_from(table).where(whose, table.c.at > since)
    most = bound.withheld if party is None else bound.most
    return connection.execute(recent).scalar_one() >= most

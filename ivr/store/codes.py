"""One-time codes as stored. Implements ``ivr.ports.CodeBook``."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, desc, func, insert, select, update

from ivr.ports import Code
from ivr.store.database import Database
from ivr.store.tables import identification_codes as codes
from ivr.values import Msisdn

DAY = timedelta(days=1)
_IN_ORDER = 0x4956_5232
"""PostgreSQL advisory lock: codes for one number are counted and written one after another."""


class StoredCodes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self, number: Msisdn, is_own: bool, verifier: str, at: datetime, until: datetime, most: int
    ) -> int | None:
        mine = and_(codes.c.number == number, codes.c.is_own == is_own)
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_IN_ORDER)))
            of_today = select(func.count()).where(mine, codes.c.written > at - DAY)
            if connection.execute(of_today).scalar_one() >= most:
                return None
            connection.execute(update(codes).where(mine, codes.c.until > at).values(until=at))
            id: int = connection.execute(
                insert(codes)
                .values(
                    number=number,
                    is_own=is_own,
                    verifier=verifier,
                    written=at,
                    until=until,
                    tries=0,
                )
                .returning(codes.c.id)
            ).scalar_one()
            return id

    def attempt(self, number: Msisdn, is_own: bool, at: datetime, most: int) -> Code | None:
        newest = (
            select(codes.c.id)
            .where(codes.c.number == number, codes.c.is_own == is_own, _is_good(at))
            .order_by(desc(codes.c.written), desc(codes.c.id))
            .limit(1)
        )
        with self._database.writing() as connection:
            # The row is locked by its update: of tries at once no more than ``most`` are counted.
            row = connection.execute(
                update(codes)
                .where(codes.c.id == newest.scalar_subquery(), codes.c.tries < most, _is_good(at))
                .values(tries=codes.c.tries + 1)
                .returning(codes.c.id, codes.c.verifier)
            ).one_or_none()
            return Code(row.id, row.verifier) if row else None

    def use(self, id: int, at: datetime) -> bool:
        with self._database.writing() as connection:
            used = connection.execute(
                update(codes).where(codes.c.id == id, codes.c.used.is_(None)).values(used=at)
            )
            return used.rowcount > 0

    def prune(self, before: datetime) -> int:
        newest = select(func.max(codes.c.id)).scalar_subquery()  # SQLite numbers on from it
        old = delete(codes).where(codes.c.until < before, codes.c.id < newest)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount


def end_codes(connection: Connection, number: Msisdn) -> None:
    """End the codes of a number, within a transaction that does more."""
    connection.execute(delete(codes).where(codes.c.number == number))


def _is_good(at: datetime) -> ColumnElement[bool]:
    return and_(codes.c.used.is_(None), codes.c.until > at)

"""Repository of one-time codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, select, update

from ivr.domain.identification import Code, CodeHolder
from ivr.domain.values import Msisdn
from ivr.ports.attempts import CodeRepository
from ivr.store.database import Database
from ivr.store.tables import identification_codes as codes

DAY = timedelta(days=1)
_IN_ORDER = 0x4956_5232
"""PostgreSQL advisory lock: codes for one number are counted and written one after another."""


class StoredCodes(CodeRepository):
    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self,
        holder: CodeHolder,
        verifier: str,
        at: datetime,
        until: datetime,
        most: int,
        most_of_number: int,
    ) -> int | None:
        of_kind = and_(codes.c.number == holder.number, codes.c.is_own == holder.is_own)
        mine = and_(of_kind, codes.c.phone == holder.phone)
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_IN_ORDER)))
            for whose, bound in ((mine, most), (of_kind, most_of_number)):
                of_today = select(func.count()).where(whose, codes.c.written > at - DAY)
                if connection.execute(of_today).scalar_one() >= bound:
                    return None
            connection.execute(update(codes).where(mine, codes.c.until > at).values(until=at))
            id: int = connection.execute(
                insert(codes)
                .values(
                    number=holder.number,
                    is_own=holder.is_own,
                    phone=holder.phone,
                    verifier=verifier,
                    written=at,
                    until=until,
                    tries=0,
                    tries_elsewhere=0,
                )
                .returning(codes.c.id)
            ).scalar_one()
            return id

    def attempt(self, holder: CodeHolder, at: datetime, most: int) -> Sequence[Code]:
        of_kind = and_(codes.c.number == holder.number, codes.c.is_own == holder.is_own)
        is_same = codes.c.phone == holder.phone
        tries = case((is_same, codes.c.tries), else_=codes.c.tries_elsewhere)
        counted = {
            codes.c.tries: codes.c.tries + case((is_same, 1), else_=0),
            codes.c.tries_elsewhere: codes.c.tries_elsewhere + case((is_same, 0), else_=1),
        }
        with self._database.writing() as connection:
            # The update locks the rows: simultaneous tries cannot exceed ``most``.
            found = connection.execute(
                update(codes)
                .where(of_kind, _is_good(at), tries < most)
                .values(counted)
                .returning(codes.c.id, codes.c.verifier)
            )
            return [Code(row.id, row.verifier) for row in found]

    def use(self, id: int, at: datetime) -> bool:
        with self._database.writing() as connection:
            used = connection.execute(
                update(codes).where(codes.c.id == id, codes.c.used.is_(None)).values(used=at)
            )
            return used.rowcount > 0

    def prune(self, before: datetime) -> int:
        # The newest row stays: SQLite derives the next id from it.
        newest = select(func.max(codes.c.id)).scalar_subquery()
        old = delete(codes).where(codes.c.until < before, codes.c.id < newest)
        with self._database.writing() as connection:
            return connection.execute(old).rowcount


def end_codes(connection: Connection, number: Msisdn) -> None:
    """Delete the codes of a number, within the caller's transaction."""
    connection.execute(delete(codes).where(codes.c.number == number))


def _is_good(at: datetime) -> ColumnElement[bool]:
    return and_(codes.c.used.is_(None), codes.c.until > at)

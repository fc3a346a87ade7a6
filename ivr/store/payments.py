"""Payments as stored. Implements ``ivr.ports.Payments``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import desc, func, select

from ivr.store.audit import Entry, write_entry
from ivr.store.database import Database
from ivr.store.once import insert_into
from ivr.store.tables import payments
from ivr.values import Money, Msisdn

AT_ONCE = 2000
"""Rows sent at a time."""


@dataclass(frozen=True)
class StoredPayments:
    database: Database

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        query = (
            select(payments.c.at, payments.c.amount_tenge)
            .where(payments.c.msisdn == number)
            .order_by(desc(payments.c.at), desc(payments.c.id))
            .limit(most)
        )
        with self.database.reading() as connection:
            return [(row.at, Money(row.amount_tenge)) for row in connection.execute(query)]

    def add(self, fresh: Sequence[tuple[Msisdn, datetime, Money]], author: str) -> int:
        rows = [
            {"msisdn": number, "at": at, "amount_tenge": amount.tenge}
            for number, at, amount in fresh
        ]
        count = select(func.count()).select_from(payments)
        with self.database.writing() as connection:
            before = connection.execute(count).scalar_one()
            for start in range(0, len(rows), AT_ONCE):
                known = insert_into(connection, payments).on_conflict_do_nothing(
                    index_elements=[payments.c.msisdn, payments.c.at, payments.c.amount_tenge]
                )
                connection.execute(known, rows[start : start + AT_ONCE])
            new: int = connection.execute(count).scalar_one() - before
            write_entry(connection, Entry(datetime.now(UTC), author, f"payments.import {new}"))
            return new

"""Repository of payments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby

from sqlalchemy import Connection, desc, insert, or_, select, update

from ivr.care.payments import news, said_of_odd
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Tag, entry_of
from ivr.domain.payments import KnownPayment, PaymentRow
from ivr.domain.values import Money, Msisdn
from ivr.errors import Unusable
from ivr.ports.clock import Clock
from ivr.ports.subscribers import Payments
from ivr.store.audit import counts, done_before, write_entry
from ivr.store.bounds import one_at_a_time
from ivr.store.database import Database
from ivr.store.tables import payments

AT_ONCE = 500
"""Rows in one batch; a batch is larger if the rows of its last number go beyond the limit."""


@dataclass(frozen=True)
class StoredPayments(Payments):
    database: Database
    clock: Clock

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        query = (
            select(payments.c.at, payments.c.amount_tenge)
            .where(payments.c.msisdn == number)
            .order_by(desc(payments.c.at), desc(payments.c.id))
            .limit(most)
        )
        with self.database.reading() as connection:
            return [(row.at, Money(row.amount_tenge)) for row in connection.execute(query)]

    def add(
        self,
        actor: Actor,
        key: OperationKey,
        payments: Sequence[tuple[Msisdn, datetime, Money] | PaymentRow],
    ) -> int:
        return self.add_files(actor, key, [[PaymentRow(*each) for each in payments]])

    def add_files(
        self, actor: Actor, key: OperationKey, files: Sequence[Sequence[PaymentRow]]
    ) -> int:
        tag, count = Tag.PAYMENTS_IMPORT, 0
        odd: list[PaymentRow] = []
        with self.database.importing(is_writing=True) as connection:
            one_at_a_time(connection, payments)
            if done := done_before(connection, key, tag):
                return counts(done, "new")[0]
            for some in chain.from_iterable(map(_by_number, files)):
                found = news(_equals(connection, some), some)
                odd.extend(found.odd)
                _write(connection, found.fresh, found.named)
                count += len(found.fresh)
            if odd:
                raise Unusable(said_of_odd(odd))
            entry = entry_of(actor, key, self.clock.now(), tag, after={"new": count})
            write_entry(connection, entry)
        return count


def _by_number(rows: Sequence[PaymentRow]) -> Iterator[list[PaymentRow]]:
    """Yield batches that hold all rows of each of their numbers, in the file's order."""
    some: list[PaymentRow] = []
    ordered = sorted(rows, key=lambda row: row.number)
    for _, mine in groupby(ordered, key=lambda row: row.number):
        some.extend(mine)
        if len(some) >= AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _equals(connection: Connection, coming: Sequence[PaymentRow]) -> list[KnownPayment]:
    """Return the known payments that may be equal to some of ``coming``."""
    moments = [row.at for row in coming]
    may_be = [payments.c.at.between(min(moments), max(moments))]
    if names := {row.reference for row in coming if row.reference}:
        may_be.append(payments.c.reference.in_(names))
    numbers = {row.number for row in coming}
    query = select(payments).where(payments.c.msisdn.in_(numbers), or_(*may_be))
    return [
        KnownPayment(
            PaymentRow(row.msisdn, row.at, Money(row.amount_tenge), row.reference or ""),
            row.ordinal,
        )
        for row in connection.execute(query)
    ]


def _write(
    connection: Connection, fresh: Sequence[KnownPayment], named: Sequence[KnownPayment]
) -> None:
    if fresh:
        rows = [
            {
                "msisdn": each.row.number,
                "at": each.row.at,
                "amount_tenge": each.row.amount.tenge,
                "ordinal": each.ordinal,
                "reference": each.row.reference or None,
            }
            for each in fresh
        ]
        connection.execute(insert(payments), rows)
    for each in named:
        connection.execute(
            update(payments)
            .where(
                payments.c.msisdn == each.row.number,
                payments.c.at == each.row.at,
                payments.c.amount_tenge == each.row.amount.tenge,
                payments.c.ordinal == each.ordinal,
            )
            .values(reference=each.row.reference)
        )

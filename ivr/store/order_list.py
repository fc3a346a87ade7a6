"""Orders as repositories and operators read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, asc, bindparam, select

from ivr.domain.orders import Order, OrderState
from ivr.domain.paging import Page
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.ports.lists import OrderList
from ivr.store.database import Database
from ivr.store.order_rows import LIVE, last_settled, read_orders, with_items
from ivr.store.paging import read_page
from ivr.store.subscribers import owner_since
from ivr.store.tables import orders

_HELD = select(orders.c.id).where(orders.c.number == bindparam("number"), orders.c.due.is_not(None))
OPEN = (
    orders.c.settled.is_(None),
    orders.c.due.is_(None),
    orders.c.state != OrderState.HELD.value,
)
OLDEST = (asc(orders.c.ordered), asc(orders.c.id))
FIRST_DUE = (asc(orders.c.due), asc(orders.c.id))


@dataclass(frozen=True)
class ReadOrders(OrderList):
    """The queries of ``OrderRepository``, and the list for operators."""

    database: Database

    def get(self, id: str) -> Order | None:
        with self.database.reading() as connection:
            found = read_orders(connection, select(orders).where(orders.c.id == id))
            return found[0] if found else None

    def find(self, external_id: str) -> Order | None:
        with self.database.reading() as connection:
            known = select(orders).where(orders.c.external_id == external_id)
            found = read_orders(connection, known)
            return found[0] if found else None

    def undoing(self, id: str) -> Order | None:
        found = self._read(select(orders).where(orders.c.undoes == id, LIVE))
        return found[0] if found else None

    def unsettled(self, most: int) -> Sequence[Order]:
        return self._read(select(orders).where(*OPEN).order_by(*OLDEST).limit(most))

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        mine = select(orders).where(orders.c.number == number, *OPEN)
        return self._read(mine.order_by(*OLDEST))

    def held(self, number: Msisdn) -> Sequence[Order]:
        if not self.database.ask(_HELD, number=number):
            return []  # saves a transaction in nearly every call
        mine = select(orders).where(orders.c.number == number, orders.c.due.is_not(None))
        return self._read(mine.order_by(*FIRST_DUE))

    def due(self, at: datetime, most: int) -> Sequence[Order]:
        query = select(orders).where(orders.c.due <= at).order_by(*FIRST_DUE).limit(most)
        return self._read(query)

    def last_settled(
        self, number: Msisdn, service: ServiceId, parts: frozenset[str] = frozenset()
    ) -> datetime | None:
        with self.database.reading() as connection:
            return last_settled(connection, number, service, parts)

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        """Return fees, oldest first, under the service ordered and not the one it requires."""
        done = orders.c.state == OrderState.COMPLETED.value
        taken = (
            select(orders)
            .where(
                orders.c.number == number,
                done,
                orders.c.settled >= since,
                orders.c.settled < until,
                orders.c.once_tenge > 0,
            )
            .order_by(asc(orders.c.settled), asc(orders.c.id))
        )
        paid_back = select(orders.c.undoes, orders.c.once_tenge).where(
            orders.c.number == number, done, orders.c.undoes.is_not(None)
        )
        with self.database.reading() as connection:
            owned = orders.c.ordered > owner_since(connection, number)
            found = read_orders(connection, taken.where(owned))
            less = {row.undoes: row.once_tenge for row in connection.execute(paid_back)}
        fees = [
            (each.changes[-1].service, each.once.tenge + less.get(each.id, 0)) for each in found
        ]
        return [(service, Money(fee)) for service, fee in fees if fee > 0]

    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        number: Msisdn | None = None,
        since: datetime | None = None,
        is_open: bool = False,
    ) -> Page[Order]:
        query = select(orders)
        if number is not None:
            query = query.where(orders.c.number == number)
        if since is not None:
            query = query.where(orders.c.ordered >= since)
        if is_open:
            query = query.where(*OPEN)
        keys = (orders.c.ordered, orders.c.id)
        with self.database.reading() as connection:
            read = partial(with_items, connection)
            return read_page(connection, query, keys, read, most, after, newest_first=not is_open)

    def newest(self, most: int) -> Sequence[Order]:
        """Newest first, whatever their state."""
        return self.page(most).items

    def _read(self, query: Select[Any]) -> Sequence[Order]:
        with self.database.reading() as connection:
            return read_orders(connection, query)

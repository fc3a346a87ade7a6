"""Repository of promises: orders whose result the caller gets as a text message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import asc, false, select, update

from ivr.domain.messages import Promise
from ivr.domain.values import Language
from ivr.ports.messages import Promises
from ivr.store.database import Database
from ivr.store.orders import StoredOrders
from ivr.store.tables import orders, promises
from ivr.store.upsert import insert_or_ignore


@dataclass(frozen=True)
class StoredPromises(Promises):
    database: Database
    orders: StoredOrders

    def promise(self, order: str, language: Language) -> None:
        row = {"order_id": order, "language": language.value, "kept": False}
        with self.database.writing() as connection:
            insert_or_ignore(connection, promises, row, promises.c.order_id)

    def owed(self, most: int) -> Sequence[Promise]:
        query = (
            select(promises.c.order_id, promises.c.language)
            .join(orders, orders.c.id == promises.c.order_id)
            .where(promises.c.kept == false(), orders.c.settled.is_not(None))
            .order_by(asc(orders.c.settled), asc(orders.c.id))
            .limit(most)
        )
        with self.database.reading() as connection:
            found = connection.execute(query).all()
        settled = ((self.orders.get(row.order_id), Language(row.language)) for row in found)
        return [Promise(order, language) for order, language in settled if order is not None]

    def kept(self, order: str) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(promises).where(promises.c.order_id == order).values(kept=True)
            )

"""Changes by orders since an import file was made: the import does not undo them.

An order counts if it is open, or was completed after the file's time. Orders of a former owner do
not count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Exists,
    MetaData,
    Select,
    String,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from ivr.care.rules import STATES
from ivr.domain.orders import OrderState
from ivr.store.tables import order_items, orders, subscriber_services, subscribers


class Younger:
    """The orders that are younger than the file of one import, found by its temporary tables."""

    def __init__(self, temporary: MetaData, incoming: Table, services: Table) -> None:
        self._incoming, self._services = incoming, services
        self._table = Table(
            "younger_services",
            temporary,
            Column("msisdn", String(20)),
            Column("service", String(40)),
            Column("is_done", Boolean),
            prefixes=["TEMPORARY"],
        )

    def keep(self, connection: Connection, as_of: datetime, took: timedelta) -> int:
        """Note what orders changed after ``as_of``, and correct the incoming rows accordingly.

        Subtract the orders' cost from balances, and keep states that they set. Services and states
        in the file may be older than ``as_of`` by the time that the export ``took``. Return how
        many services and states differ from the file.
        """
        self._note(connection, as_of - took)
        self._spend(connection, as_of)
        kept = connection.execute(self._differing()).scalar_one()
        return int(kept) + self._keep_states(connection)

    def has(self, number: ColumnElement[Any], service: ColumnElement[Any]) -> Exists:
        """Return a condition: a younger order changed the service of the number."""
        mine = self._table.c
        return exists().where(mine.msisdn == number, mine.service == service)

    def _note(self, connection: Connection, as_of: datetime) -> None:
        is_done = _is_done(as_of)
        # A held order has changed nothing yet: it can still be stopped.
        is_under_way = and_(orders.c.settled.is_(None), orders.c.state != OrderState.HELD.value)
        changed = (
            self._owned(select(orders.c.number, order_items.c.service, is_done))
            .join(order_items, order_items.c.order_id == orders.c.id)
            .where(or_(is_under_way, is_done))
        )
        connection.execute(
            insert(self._table).from_select(["msisdn", "service", "is_done"], changed)
        )
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"ANALYZE {self._table.name}")

    def _spend(self, connection: Connection, as_of: datetime) -> None:
        spent = (
            self._owned(select(orders.c.number, func.sum(orders.c.once_tenge).label("tenge")))
            .where(_is_done(as_of), orders.c.once_tenge != 0)
            .group_by(orders.c.number)
        )
        new = self._incoming.c
        for number, tenge in connection.execute(spent).all():
            connection.execute(
                update(self._incoming)
                .where(new.msisdn == number)
                .values(balance_tenge=new.balance_tenge - int(tenge))
            )

    def _differing(self) -> Select[Any]:
        """Return a query that counts the noted services that differ between file and database."""
        each, new, told, old = (
            self._table.c,
            self._services.c,
            self._incoming.c,
            subscriber_services.c,
        )
        in_file = exists().where(new.msisdn == each.msisdn, new.service == each.service)
        is_on = exists().where(old.msisdn == each.msisdn, old.service == each.service)
        speaks = exists().where(told.msisdn == each.msisdn, told.has_services)
        known = select(each.msisdn, each.service).where(
            speaks, case((in_file, 1), else_=0) != case((is_on, 1), else_=0)
        )
        return select(func.count()).select_from(known.distinct().subquery())

    def _keep_states(self, connection: Connection) -> int:
        new, mine, old = self._incoming.c, self._table.c, subscribers.c
        state = select(old.status).where(old.msisdn == new.msisdn).scalar_subquery()
        ordered = select(mine.msisdn).where(mine.service.in_(STATES), mine.is_done)
        return connection.execute(
            update(self._incoming)
            .where(new.msisdn.in_(ordered), new.status != state)
            .values(status=state)
        ).rowcount

    def _owned(self, query: Select[Any]) -> Select[Any]:
        """Restrict a query to orders of the present owners of the incoming numbers."""
        since = subscribers.c.owner_since
        return (
            query.select_from(orders)
            .join(subscribers, subscribers.c.msisdn == orders.c.number)
            .join(self._incoming, self._incoming.c.msisdn == orders.c.number)
            .where(or_(since.is_(None), orders.c.ordered > since))
        )


def _is_done(as_of: datetime) -> ColumnElement[bool]:
    is_completed = orders.c.state == OrderState.COMPLETED.value
    return and_(orders.c.settled.is_not(None), is_completed, orders.c.settled > as_of)

"""The order book as stored, in TM Forum's words (TMF641). Implements ``ivr.ports.OrderBook``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    asc,
    delete,
    desc,
    exists,
    func,
    insert,
    select,
    update,
)

from ivr import measures
from ivr.care.orders import FINAL
from ivr.care.rules import STATES, is_package
from ivr.ports import Change, Order, OrderState, Reason, Status
from ivr.store.database import Database
from ivr.store.once import insert_new
from ivr.store.tables import (
    order_items,
    orders,
    subscriber_packages,
    subscriber_services,
    subscribers,
)
from ivr.values import Money, Msisdn, ServiceId

ADD, MODIFY, DELETE = "add", "modify", "delete"


@dataclass(frozen=True)
class StoredOrders:
    database: Database

    def write(self, order: Order) -> Order:
        with self.database.writing() as connection:
            row = {
                "id": order.id,
                "external_id": order.external_id,
                "number": order.number,
                "once_tenge": order.once.tenge,
                "state": order.state.value,
                "ordered": order.ordered,
                "settled": order.settled,
                "reason": order.reason.value if order.reason else None,
                "undoes": order.undoes,
                "tries": order.tries,
                "tried": order.tried,
            }
            is_new = insert_new(connection, orders, row, orders.c.external_id)
            if is_new and order.changes:
                connection.execute(
                    insert(order_items),
                    [
                        {
                            "order_id": order.id,
                            "position": position,
                            "service": change.service,
                            "action": _action(change),
                            "value": change.value,
                            "before": change.before,
                        }
                        for position, change in enumerate(order.changes)
                    ],
                )
            known = select(orders).where(orders.c.external_id == order.external_id)
            written = _read(connection, known)[0]
        if is_new:
            measures.order_placed()
        return written

    def get(self, id: str) -> Order | None:
        with self.database.reading() as connection:
            found = _read(connection, select(orders).where(orders.c.id == id))
            return found[0] if found else None

    def find(self, external_id: str) -> Order | None:
        with self.database.reading() as connection:
            known = select(orders).where(orders.c.external_id == external_id)
            found = _read(connection, known)
            return found[0] if found else None

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        if state not in FINAL:
            raise ValueError(f"an order is not settled by {state.value}")
        query = select(orders).where(orders.c.id == id)
        with self.database.writing() as connection:
            found = _read(connection, query.with_for_update())
            if not found:
                raise LookupError(f"there is no order {id}")
            order = found[0]
            if order.settled is not None:
                return order
            connection.execute(
                update(orders)
                .where(orders.c.id == id)
                .values(state=state.value, settled=at, reason=reason.value if reason else None)
            )
            if state is OrderState.COMPLETED:
                _carry_over(connection, order, at)
            settled = _read(connection, query)[0]
        measures.order_settled(state)
        return settled

    def tried(self, id: str, at: datetime) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(orders)
                .where(orders.c.id == id, orders.c.settled.is_(None))
                .values(state=OrderState.IN_PROGRESS.value, tries=orders.c.tries + 1, tried=at)
            )

    def unsettled(self, before: datetime, most: int) -> Sequence[Order]:
        query = (
            select(orders)
            .where(
                orders.c.settled.is_(None),
                func.coalesce(orders.c.tried, orders.c.ordered) <= before,
            )
            .order_by(asc(orders.c.ordered), asc(orders.c.id))
            .limit(most)
        )
        with self.database.reading() as connection:
            return _read(connection, query)

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        query = (
            select(orders)
            .where(orders.c.number == number, orders.c.settled.is_(None))
            .order_by(asc(orders.c.ordered), asc(orders.c.id))
        )
        with self.database.reading() as connection:
            return _read(connection, query)

    def last_settled(self, number: Msisdn, service: ServiceId) -> datetime | None:
        undoing = orders.alias("undoing")
        query = (
            select(func.max(orders.c.settled))
            .join(order_items)
            .where(
                orders.c.number == number,
                orders.c.state == OrderState.COMPLETED.value,
                orders.c.undoes.is_(None),
                order_items.c.service == service,
                ~exists().where(
                    undoing.c.undoes == orders.c.id,
                    undoing.c.state == OrderState.COMPLETED.value,
                ),
            )
        )
        with self.database.reading() as connection:
            found: datetime | None = connection.execute(query).scalar_one()
            return found

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        """Oldest first. A fee stands under the service that was asked for, not its requirement."""
        undoing = orders.alias("undoing")
        query = (
            select(orders)
            .where(
                orders.c.number == number,
                orders.c.state == OrderState.COMPLETED.value,
                orders.c.settled >= since,
                orders.c.settled < until,
                orders.c.once_tenge > 0,
                ~exists().where(
                    undoing.c.undoes == orders.c.id,
                    undoing.c.state == OrderState.COMPLETED.value,
                ),
            )
            .order_by(asc(orders.c.settled), asc(orders.c.id))
        )
        with self.database.reading() as connection:
            return [(order.changes[-1].service, order.once) for order in _read(connection, query)]

    def newest(self, most: int) -> Sequence[Order]:
        """Newest first, whatever their state."""
        query = select(orders).order_by(desc(orders.c.ordered), desc(orders.c.id)).limit(most)
        with self.database.reading() as connection:
            return _read(connection, query)


def _action(change: Change) -> str:
    if change.is_new_value:
        return MODIFY
    return ADD if change.on else DELETE


def _carry_over(connection: Connection, order: Order, at: datetime) -> None:
    """Put what an order changed into the subscriber's own rows."""
    mine = subscribers.c.msisdn == order.number
    paid = connection.execute(
        update(subscribers)
        .where(mine)
        .values(balance_tenge=subscribers.c.balance_tenge - order.once.tenge)
    )
    if paid.rowcount == 0:
        return
    for change in order.changes:
        if change.service in STATES:
            state = STATES[change.service]
            before, after = (Status.ACTIVE, state) if change.on else (state, Status.ACTIVE)
            connection.execute(
                update(subscribers)
                .where(mine, subscribers.c.status == before.value)
                .values(
                    status=after.value,
                    proof_version=subscribers.c.proof_version + 1,
                    proof_call=order.call,
                )
            )
        elif is_package(change):
            _carry_over_package(connection, order, change, at)
        elif change.on:
            row = {
                "msisdn": order.number,
                "service": change.service,
                "since": at,
                "value": change.value,
            }
            if not insert_new(
                connection, subscriber_services, row, *subscriber_services.primary_key
            ):
                connection.execute(
                    update(subscriber_services)
                    .where(
                        subscriber_services.c.msisdn == order.number,
                        subscriber_services.c.service == change.service,
                    )
                    .values(value=change.value)
                )
        else:
            connection.execute(
                delete(subscriber_services).where(
                    subscriber_services.c.msisdn == order.number,
                    subscriber_services.c.service == change.service,
                )
            )


def _carry_over_package(connection: Connection, order: Order, change: Change, at: datetime) -> None:
    if not change.on:
        connection.execute(
            delete(subscriber_packages).where(subscriber_packages.c.order_id == order.undoes)
        )
        return
    bought = dict(change.value)
    row = {
        "order_id": order.id,
        "msisdn": order.number,
        "service": change.service,
        "package": bought["package"],
        "left": int(bought["volume"]),
        "until": at + timedelta(days=int(bought["days"])),
    }
    connection.execute(insert(subscriber_packages).values(row))


def _read(connection: Connection, query: Select[Any]) -> list[Order]:
    rows = connection.execute(query).all()
    if not rows:
        return []
    items: dict[str, list[Change]] = {row.id: [] for row in rows}
    for item in connection.execute(
        select(order_items)
        .where(order_items.c.order_id.in_(items))
        .order_by(order_items.c.order_id, order_items.c.position)
    ):
        change = Change(ServiceId(item.service), item.action != DELETE, item.value, item.before)
        items[item.order_id].append(change)
    return [_order(row, items[row.id]) for row in rows]


def _order(row: Row[Any], changes: list[Change]) -> Order:
    return Order(
        id=row.id,
        external_id=row.external_id,
        number=row.number,
        changes=tuple(changes),
        once=Money(row.once_tenge),
        state=OrderState(row.state),
        ordered=row.ordered,
        settled=row.settled,
        reason=Reason(row.reason) if row.reason else None,
        undoes=row.undoes,
        tries=row.tries,
        tried=row.tried,
    )

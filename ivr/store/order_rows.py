"""Rows of orders and of their changes, read and written within the caller's transaction.

Locks are taken in one order: the subscriber's row, then the package that is given back, then the
order's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    asc,
    delete,
    insert,
    select,
    update,
)

from ivr.care.settlement import Settlement
from ivr.domain.orders import Order, OrderState, Sent, Situation
from ivr.domain.services import Change, Reason
from ivr.domain.subscriber import OwnedPackage, Subscriber
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.store.actors import actor_of, row_of
from ivr.store.subscribers import owner_since, read_proof, read_subscriber
from ivr.store.tables import (
    order_items,
    orders,
    subscriber_packages,
    subscriber_services,
    subscribers,
)
from ivr.store.upsert import insert_or_ignore

ADD, MODIFY, DELETE = "add", "modify", "delete"
LIVE = orders.c.settled.is_(None) | (orders.c.state == OrderState.COMPLETED.value)
"""Orders that are open or completed."""


def lock(connection: Connection, number: Msisdn) -> None:
    """Lock the number: until the transaction ends no other one writes or settles its orders."""
    mine = select(subscribers.c.msisdn).where(subscribers.c.msisdn == number)
    connection.execute(mine.with_for_update())


def insert_order(connection: Connection, order: Order) -> bool:
    """Write a new order; False: an order with its external id exists."""
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
        "due": order.due,
        "sent": order.sent.value,
        "sent_at": order.sent_at,
        **row_of(order.actor),
    }
    if not insert_or_ignore(connection, orders, row, orders.c.external_id):
        return False
    _insert_changes(connection, order.id, order.changes)
    return True


def _insert_changes(connection: Connection, id: str, changes: Sequence[Change]) -> None:
    if changes:
        connection.execute(
            insert(order_items),
            [
                {
                    "order_id": id,
                    "position": position,
                    "service": change.service,
                    "action": _action(change),
                    "value": change.value,
                    "before": change.before,
                }
                for position, change in enumerate(changes)
            ],
        )


def replace_changes(connection: Connection, order: Order, changes: Sequence[Change] | None) -> None:
    """Replace the changes of an order; None: keep them."""
    if changes is not None and changes != order.changes:
        connection.execute(delete(order_items).where(order_items.c.order_id == order.id))
        _insert_changes(connection, order.id, changes)


def situation_of(connection: Connection, number: Msisdn, order: Order | None) -> Situation:
    """Read what the rules compare an order of a number with."""
    mine = select(orders).where(orders.c.number == number, orders.c.settled.is_(None))
    if order is not None:
        mine = mine.where(orders.c.id != order.id)
    waiting = read_orders(connection, mine.order_by(asc(orders.c.ordered), asc(orders.c.id)))
    undone, undos = kin_of(connection, order) if order and order.undoes else (None, ())
    return Situation(
        read_subscriber(connection, number),
        tuple(each for each in waiting if each.state is not OrderState.HELD),
        tuple(each for each in waiting if each.state is OrderState.HELD),
        undone,
        undos,
        partial(last_settled, connection, number),
        read_proof(connection, number),
    )


def kin_of(connection: Connection, order: Order) -> tuple[Order | None, tuple[Order, ...]]:
    """Return the order that ``order`` undoes, and the other undos of that order.

    For an order that is no undo: None, and the undos of this order.
    """
    root = order.undoes or order.id
    undos = select(orders).where(orders.c.undoes == root, orders.c.id != order.id, LIVE)
    undone = read_orders(connection, select(orders).where(orders.c.id == order.undoes))
    return (undone[0] if undone else None), tuple(read_orders(connection, undos))


def last_settled(
    connection: Connection,
    number: Msisdn,
    service: ServiceId,
    parts: frozenset[str] = frozenset(),
) -> datetime | None:
    """Return when an order last changed a service, or parts of it.

    Only completed orders of the present owner count that were not undone.
    """
    mine = (
        orders.c.number == number,
        orders.c.state == OrderState.COMPLETED.value,
        orders.c.ordered > owner_since(connection, number),
    )
    # Two queries, each by number: in a single one SQLite would read all undos for each order.
    undone = set(connection.execute(select(orders.c.undoes).where(*mine)).scalars())
    changing = (
        select(orders.c.id, orders.c.settled, order_items)
        .join(order_items)
        .where(*mine, orders.c.undoes.is_(None), order_items.c.service == service)
    )
    settled = [
        row.settled
        for row in connection.execute(changing)
        if row.id not in undone and (not parts or parts & _change(row).parts)
    ]
    return max(settled, default=None)


def write_settlement(
    connection: Connection, before: Subscriber | None, settlement: Settlement
) -> None:
    """Write the results of the end of an order."""
    for order in settlement.orders:
        connection.execute(
            update(orders)
            .where(orders.c.id == order.id)
            .values(
                state=order.state.value,
                settled=order.settled,
                reason=order.reason.value if order.reason else None,
                once_tenge=order.once.tenge,
                due=None,
            )
        )
    after = settlement.subscriber
    if before is not None and after is not None and after is not before:
        _write_subscriber(connection, before, after)
        if after.status is not before.status:
            _end_proofs(connection, settlement.orders[0])


def _end_proofs(connection: Connection, order: Order) -> None:
    """End the proofs for a number whose state changes, except in the call that ordered it."""
    connection.execute(
        update(subscribers)
        .where(subscribers.c.msisdn == order.number)
        .values(proof_version=subscribers.c.proof_version + 1, proof_call=order.actor.call or None)
    )


def _write_subscriber(connection: Connection, before: Subscriber, after: Subscriber) -> None:
    if (after.balance, after.status) != (before.balance, before.status):
        connection.execute(
            update(subscribers)
            .where(subscribers.c.msisdn == after.msisdn)
            .values(balance_tenge=after.balance.tenge, status=after.status.value)
        )
    for service in before.services.keys() - after.services.keys():
        connection.execute(
            delete(subscriber_services).where(
                subscriber_services.c.msisdn == after.msisdn,
                subscriber_services.c.service == service,
            )
        )
    for service, held in after.services.items():
        if before.services.get(service) == held:
            continue
        row = {
            "msisdn": after.msisdn,
            "service": service,
            "since": held.since,
            "value": held.value,
        }
        key = subscriber_services.primary_key
        if not insert_or_ignore(connection, subscriber_services, row, *key):
            connection.execute(
                update(subscriber_services)
                .where(
                    subscriber_services.c.msisdn == after.msisdn,
                    subscriber_services.c.service == service,
                )
                .values(value=held.value)
            )
    _write_packages(connection, after.msisdn, before.packages, after.packages)


def _write_packages(
    connection: Connection,
    number: Msisdn,
    before: Iterable[OwnedPackage],
    after: Iterable[OwnedPackage],
) -> None:
    known, kept = {each.order for each in before}, {each.order for each in after}
    for order in known - kept:
        gone = subscriber_packages.c.order_id == order
        connection.execute(delete(subscriber_packages).where(gone))
    for each in after:
        if each.order not in known:
            row = {
                "order_id": each.order,
                "msisdn": number,
                "service": each.service,
                "package": each.package,
                "left": each.left,
                "until": each.until,
            }
            connection.execute(insert(subscriber_packages).values(row))


def _action(change: Change) -> str:
    if change.is_new_value:
        return MODIFY
    return ADD if change.on else DELETE


def read_orders(connection: Connection, query: Select[Any]) -> list[Order]:
    """The orders of a query, with what they change."""
    return with_items(connection, connection.execute(query).all())


def with_items(connection: Connection, rows: Sequence[Row[Any]]) -> list[Order]:
    """Orders by their rows, with what they change."""
    if not rows:
        return []
    items: dict[str, list[Change]] = {row.id: [] for row in rows}
    for item in connection.execute(
        select(order_items)
        .where(order_items.c.order_id.in_(items))
        .order_by(order_items.c.order_id, order_items.c.position)
    ):
        items[item.order_id].append(_change(item))
    return [_order(row, items[row.id]) for row in rows]


def _change(item: Row[Any]) -> Change:
    return Change(ServiceId(item.service), item.action != DELETE, item.value, item.before)


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
        due=row.due,
        sent=Sent(row.sent),
        sent_at=row.sent_at,
        actor=actor_of(row, row.external_id),
    )

"""Open orders of a former owner when the number changes hands."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, select, update

from ivr.care.carrier import IN_HAND
from ivr.domain.actor import SYSTEM
from ivr.domain.orders import Order, OrderState, Sent
from ivr.domain.values import Money
from ivr.store.order_rows import insert_order, read_orders
from ivr.store.tables import orders, promises

Numbers = Select[tuple[str]]


def end_orders(connection: Connection, numbers: Numbers, at: datetime) -> None:
    """Cancel the former owner's orders that were never sent; undo those that may have been sent.

    The network is asked to cancel a sent order, or gets the opposite order, as for an undo that a
    caller orders (``ivr.care.orders``). No fee is charged and no message is sent.
    """
    mine = orders.c.number.in_(numbers)
    connection.execute(
        delete(promises).where(promises.c.order_id.in_(select(orders.c.id).where(mine)))
    )
    found = select(orders).where(mine, orders.c.settled.is_(None)).order_by(orders.c.ordered)
    # The lock keeps workers from sending an order while it is cancelled.
    still_open = read_orders(connection, found.with_for_update())
    sent = {each.id for each in still_open if _may_be_sent(each, at)}
    going_back = {each.undoes for each in still_open if each.undoes}
    for each in still_open:
        is_kept = each.id in sent or each.undoes in sent
        ended = {"state": OrderState.CANCELLED.value, "settled": at, "due": None}
        connection.execute(
            update(orders)
            .where(orders.c.id == each.id)
            .values(once_tenge=0 if is_kept else each.once.tenge, **({} if is_kept else ended))
        )
        if is_kept and each.undoes is None and each.id not in going_back:
            insert_order(connection, _undo_of(each, at))


def _may_be_sent(order: Order, at: datetime) -> bool:
    """Tell whether an order was sent to the network, or its call may be sending it now."""
    is_new = order.ordered > at - timedelta(seconds=IN_HAND)
    was_sent = order.sent is not Sent.NOT or order.tries > 0
    return order.state is not OrderState.HELD and (was_sent or is_new)


def _undo_of(order: Order, at: datetime) -> Order:
    return Order(
        id=str(uuid.uuid4()),
        external_id=f"handover-{order.id}:1",
        number=order.number,
        changes=tuple(change.opposite for change in reversed(order.changes)),
        once=Money(0),
        state=OrderState.ACKNOWLEDGED,
        ordered=at,
        undoes=order.id,
        actor=SYSTEM,
    )

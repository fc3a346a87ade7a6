"""The order book in the database, in the terms of TMF641."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, or_, select, update

from ivr import metrics
from ivr.care.settlement import FINAL, settle
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Tag, entry_of
from ivr.domain.orders import Check, Order, OrderState, Sent, Situation, unweighed
from ivr.domain.services import Reason, Refusal
from ivr.domain.values import Msisdn
from ivr.ports.orders import OrderRepository
from ivr.store.audit import write_entry
from ivr.store.order_list import OPEN, ReadOrders
from ivr.store.order_rows import (
    insert_order,
    kin_of,
    lock,
    read_orders,
    replace_changes,
    situation_of,
    write_settlement,
)
from ivr.store.subscribers import read_subscriber
from ivr.store.tables import orders, subscriber_packages
from ivr.store.upsert import is_taken


@dataclass(frozen=True)
class StoredOrders(ReadOrders, OrderRepository):
    def write(self, order: Order, check: Check = unweighed) -> Order | Refusal:
        with self.database.writing() as connection:
            lock(connection, order.number)
            known = self._known(connection, order)
            if known is not None:
                return known
            answer = check(situation_of(connection, order.number, order))
            if isinstance(answer, Refusal):
                return answer
            if answer.changes is not None:
                order = dataclasses.replace(order, changes=answer.changes)
            if not insert_order(connection, order):  # the number has no row that could be locked
                known = self._known(connection, order)
                assert known is not None
                return known
            for id in answer.replaces:
                self._cancel(connection, id, order.ordered, Reason.WITHDRAWN)
        metrics.order_placed()
        return order

    def release(self, id: str, at: datetime, check: Check) -> Order:
        with self.database.writing() as connection:
            order = self._locked(connection, id)
            if order.state is not OrderState.HELD:
                return order
            answer = check(situation_of(connection, order.number, order))
            if isinstance(answer, Refusal):
                self._cancel(connection, id, at, answer.reason)
            else:
                state = OrderState.ACKNOWLEDGED.value
                connection.execute(
                    update(orders).where(orders.c.id == id).values(state=state, due=None)
                )
                replace_changes(connection, order, answer.changes)
            return _one(connection, id)

    def stop(self, actor: Actor, key: OperationKey, id: str, at: datetime) -> Order:
        with self.database.writing() as connection:
            order = self._locked(connection, id)
            if order.state is not OrderState.HELD:
                return order
            self._cancel(connection, id, at, Reason.WITHDRAWN)
            stopped = _one(connection, id)
            _audit(connection, Tag.ORDER_STOPPED, actor, key, at, order, stopped)
            return stopped

    def situation(self, number: Msisdn, order: Order | None = None) -> Situation:
        with self.database.reading() as connection:
            found = situation_of(connection, number, order)
        return Situation(
            found.subscriber,
            found.open,
            found.held,
            found.undone,
            found.undos,
            partial(self.last_settled, number),
            found.proof,
        )

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        return self._settle(id, state, at, reason, None)

    def settle_by_hand(
        self,
        actor: Actor,
        key: OperationKey,
        id: str,
        state: OrderState,
        at: datetime,
        reason: Reason | None = None,
    ) -> Order:
        return self._settle(id, state, at, reason, (actor, key))

    def _settle(
        self,
        id: str,
        state: OrderState,
        at: datetime,
        reason: Reason | None,
        by: tuple[Actor, OperationKey] | None,
    ) -> Order:
        if state not in FINAL:
            raise ValueError(f"an order is not settled by {state.value}")
        with self.database.writing() as connection:
            order = self._locked(connection, id)
            if order.settled is not None:
                return order
            undone, undos = kin_of(connection, order)
            if order.undoes is not None:  # the meter must not update a package during its refund
                connection.execute(
                    select(subscriber_packages.c.order_id)
                    .where(subscriber_packages.c.order_id == order.undoes)
                    .with_for_update()
                )
            before = read_subscriber(connection, order.number)
            situation = Situation(before, undone=undone, undos=undos)
            settlement = settle(order, state, at, reason, situation)
            write_settlement(connection, before, settlement)
            if by is not None:
                settled = settlement.orders[0]
                _audit(connection, Tag(f"order.{settled.state}"), *by, at, order, settled)
        for each in settlement.orders:
            metrics.order_settled(each.state)
        return settlement.orders[0]

    def tried(self, id: str, at: datetime) -> bool:
        with self.database.writing() as connection:
            noted = connection.execute(
                update(orders)
                .where(orders.c.id == id, *OPEN)
                .values(state=OrderState.IN_PROGRESS.value, tries=orders.c.tries + 1, tried=at)
            )
            return noted.rowcount > 0

    def claim(self, order: Order, at: datetime, until: datetime) -> bool:
        is_free = or_(orders.c.claimed.is_(None), orders.c.claimed <= at)
        is_as_read = orders.c.tried.is_not_distinct_from(order.tried)
        with self.database.writing() as connection:
            taken = connection.execute(
                update(orders)
                .where(orders.c.id == order.id, *OPEN, is_free, is_as_read)
                .values(claimed=until)
            )
            return taken.rowcount > 0

    def unclaim(self, id: str, until: datetime) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(orders)
                .where(orders.c.id == id, orders.c.claimed == until)
                .values(claimed=None)
            )

    def start_sending(self, order: Order, at: datetime) -> bool:
        unchanged = (
            orders.c.sent == order.sent.value,
            orders.c.sent_at.is_not_distinct_from(order.sent_at),
        )
        with self.database.writing() as connection:
            noted = connection.execute(
                update(orders)
                .where(orders.c.id == order.id, *OPEN, *unchanged)
                .values(sent=Sent.SENT.value, sent_at=at)
            )
            return noted.rowcount > 0

    def note_sent(self, id: str, sent: Sent, at: datetime | None) -> None:
        with self.database.writing() as connection:
            mine = update(orders).where(orders.c.id == id, *OPEN)
            connection.execute(mine.values(sent=sent.value, sent_at=at))

    def _known(self, connection: Connection, order: Order) -> Order | None:
        same = select(orders).where(orders.c.external_id == order.external_id)
        found = next(iter(read_orders(connection, same)), None)
        if found is not None and (found.number, found.actor) != (order.number, order.actor):
            raise is_taken("order", order.external_id)
        return found

    def _locked(self, connection: Connection, id: str) -> Order:
        """Read an order, locked until the transaction ends. LookupError: there is none."""
        number = connection.execute(select(orders.c.number).where(orders.c.id == id)).scalar()
        if number is None:
            raise LookupError(f"there is no order {id}")
        lock(connection, number)
        return _one(connection, id, locked=True)

    def _cancel(self, connection: Connection, id: str, at: datetime, reason: Reason) -> None:
        """Cancel a held order and its undo."""
        order = _one(connection, id, locked=True)
        _, undos = kin_of(connection, order)
        settlement = settle(order, OrderState.CANCELLED, at, reason, Situation(None, undos=undos))
        write_settlement(connection, None, settlement)


def _one(connection: Connection, id: str, *, locked: bool = False) -> Order:
    query = select(orders).where(orders.c.id == id)
    return read_orders(connection, query.with_for_update() if locked else query)[0]


def _audit(
    connection: Connection,
    tag: Tag,
    actor: Actor,
    key: OperationKey,
    at: datetime,
    before: Order,
    after: Order,
) -> None:
    was, is_now = ({"order": each.id, "state": each.state.value} for each in (before, after))
    entry = entry_of(actor, key, at, tag, before.number, before=was, after=is_now)
    write_entry(connection, entry)

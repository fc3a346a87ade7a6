"""The order book in memory, which changes the subscribers in memory."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from ivr.care.settlement import FINAL, settle
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.orders import Check, Order, OrderState, Sent, Situation, unweighed
from ivr.domain.services import Reason, Refusal
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import KeyTaken
from ivr.ports.orders import OrderRepository
from ivr.testing.subscribers import MemorySubscribers


@dataclass
class MemoryOrderRepository(OrderRepository):
    """Accepted orders; settling one changes ``subscribers``."""

    subscribers: MemorySubscribers
    orders: dict[str, Order] = field(default_factory=dict)
    audit: list[tuple[datetime, str, str, Msisdn]] = field(default_factory=list)
    """Orders that people stopped or settled: time, user, act, subscriber's number."""
    claims: dict[str, datetime] = field(default_factory=dict)
    """End of a worker's claim on an order, by its id."""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def write(self, order: Order, check: Check = unweighed) -> Order | Refusal:
        with self._lock:
            for known in self.orders.values():
                if known.external_id == order.external_id:
                    if (known.number, known.actor) != (order.number, order.actor):
                        raise KeyTaken
                    return known
            answer = check(self.situation(order.number, order))
            if isinstance(answer, Refusal):
                return answer
            if answer.changes is not None:
                order = dataclasses.replace(order, changes=answer.changes)
            self.orders[order.id] = order
            for id in answer.replaces:
                self._settle(id, OrderState.CANCELLED, order.ordered, Reason.WITHDRAWN)
            return order

    def release(self, id: str, at: datetime, check: Check) -> Order:
        with self._lock:
            order = self.orders[id]
            if order.state is not OrderState.HELD:
                return order
            answer = check(self.situation(order.number, order))
            if isinstance(answer, Refusal):
                return self._settle(id, OrderState.CANCELLED, at, answer.reason)
            changes = order.changes if answer.changes is None else answer.changes
            self.orders[id] = dataclasses.replace(
                order, state=OrderState.ACKNOWLEDGED, due=None, changes=changes
            )
            return self.orders[id]

    def stop(self, actor: Actor, key: OperationKey, id: str, at: datetime) -> Order:
        with self._lock:
            order = self.orders[id]
            if order.state is not OrderState.HELD:
                return order
            self.audit.append((at, str(actor), "order.stopped", order.number))
            return self._settle(id, OrderState.CANCELLED, at, Reason.WITHDRAWN)

    def situation(self, number: Msisdn, order: Order | None = None) -> Situation:
        with self._lock:
            undone, undos = self._kin(order) if order and order.undoes else (None, ())
            id = order.id if order else ""
            return Situation(
                self.subscribers.find(number),
                tuple(each for each in self.waiting(number) if each.id != id),
                tuple(each for each in self.held(number) if each.id != id),
                undone,
                undos,
                partial(self.last_settled, number),
                self.subscribers.proof(number),
            )

    def get(self, id: str) -> Order | None:
        return self.orders.get(id)

    def find(self, external_id: str) -> Order | None:
        with self._lock:
            found = (each for each in self.orders.values() if each.external_id == external_id)
            return next(found, None)

    def undoing(self, id: str) -> Order | None:
        with self._lock:
            return next((o for o in self.orders.values() if o.undoes == id and _is_live(o)), None)

    def settle_by_hand(
        self,
        actor: Actor,
        key: OperationKey,
        id: str,
        state: OrderState,
        at: datetime,
        reason: Reason | None = None,
    ) -> Order:
        with self._lock:
            was_open = self.orders[id].state not in FINAL
            settled = self.settle(id, state, at, reason)
            if was_open:
                self.audit.append((at, str(actor), f"order.{settled.state}", settled.number))
            return settled

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        if state not in FINAL:
            raise ValueError(f"{state} does not settle an order")
        with self._lock:
            order = self.orders[id]
            if order.state in FINAL:
                return order
            return self._settle(id, state, at, reason)

    def tried(self, id: str, at: datetime) -> bool:
        with self._lock:
            order = self.orders[id]
            if not _is_open(order):
                return False
            self.orders[id] = dataclasses.replace(
                order, state=OrderState.IN_PROGRESS, tries=order.tries + 1, tried=at
            )
            return True

    def claim(self, order: Order, at: datetime, until: datetime) -> bool:
        with self._lock:
            known = self.orders[order.id]
            claimed = self.claims.get(order.id)
            if not _is_open(known) or known.tried != order.tried or (claimed and claimed > at):
                return False
            self.claims[order.id] = until
            return True

    def unclaim(self, id: str, until: datetime) -> None:
        with self._lock:
            if self.claims.get(id) == until:
                del self.claims[id]

    def start_sending(self, order: Order, at: datetime) -> bool:
        with self._lock:
            now = self.orders[order.id]
            if not _is_open(now) or (now.sent, now.sent_at) != (order.sent, order.sent_at):
                return False
            self.orders[order.id] = dataclasses.replace(now, sent=Sent.SENT, sent_at=at)
            return True

    def note_sent(self, id: str, sent: Sent, at: datetime | None) -> None:
        with self._lock:
            if _is_open(order := self.orders[id]):
                self.orders[id] = dataclasses.replace(order, sent=sent, sent_at=at)

    def unsettled(self, most: int) -> Sequence[Order]:
        return self._oldest(_is_open)[:most]

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        return self._oldest(lambda order: order.number == number and _is_open(order))

    def held(self, number: Msisdn) -> Sequence[Order]:
        return [order for order in self._held() if order.number == number]

    def due(self, at: datetime, most: int) -> Sequence[Order]:
        return [order for order in self._held() if order.due and order.due <= at][:most]

    def last_settled(
        self, number: Msisdn, service: ServiceId, parts: frozenset[str] = frozenset()
    ) -> datetime | None:
        done = self._completed(number)
        undone = {order.undoes for order in done}
        return max(
            (
                order.settled
                for order in done
                if order.settled
                and order.undoes is None
                and order.id not in undone
                and any(
                    change.service == service and (not parts or parts & change.parts)
                    for change in order.changes
                )
            ),
            default=None,
        )

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        done = self._completed(number)
        less = {order.undoes: order.once.tenge for order in done}
        taken = [
            order
            for order in done
            if order.settled is not None and since <= order.settled < until and order.once.tenge > 0
        ]
        fees = [
            (each.changes[-1].service, each.once.tenge + less.get(each.id, 0)) for each in taken
        ]
        return [(service, Money(fee)) for service, fee in fees if fee > 0]

    def _settle(self, id: str, state: OrderState, at: datetime, reason: Reason | None) -> Order:
        order = self.orders[id]
        undone, undos = self._kin(order)
        before = self.subscribers.rows.get(order.number)
        situation = Situation(before, undone=undone, undos=undos)
        settlement = settle(order, state, at, reason, situation)
        for each in settlement.orders:
            self.orders[each.id] = each
        after = settlement.subscriber
        if before is not None and after is not None:
            if after.status is not before.status:
                self.subscribers.change(order.number, order.actor.call)
            self.subscribers.rows[order.number] = after
        return settlement.orders[0]

    def _kin(self, order: Order) -> tuple[Order | None, tuple[Order, ...]]:
        root = order.undoes or order.id
        undos = tuple(
            each
            for each in self.orders.values()
            if each.undoes == root and each.id != order.id and _is_live(each)
        )
        return self.orders.get(order.undoes or ""), undos

    def _completed(self, number: Msisdn) -> list[Order]:
        """Return the completed orders of the number's owner."""
        owner = self.subscribers.find(number)
        since = owner.owner_since if owner else None
        with self._lock:
            return [
                order
                for order in self.orders.values()
                if order.number == number
                and order.state is OrderState.COMPLETED
                and order.is_by_owner(since)
            ]

    def _oldest(self, wanted: Callable[[Order], bool]) -> list[Order]:
        with self._lock:
            found = [order for order in self.orders.values() if wanted(order)]
        return sorted(found, key=lambda order: order.ordered)

    def _held(self) -> list[Order]:
        with self._lock:
            found = [order for order in self.orders.values() if order.due is not None]
        return sorted(found, key=lambda order: order.due or order.ordered)


def _is_open(order: Order) -> bool:
    return order.state not in FINAL and order.state is not OrderState.HELD


def _is_live(order: Order) -> bool:
    return order.state not in FINAL or order.state is OrderState.COMPLETED

"""The order book in memory, which changes the subscribers in memory."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.care.orders import FINAL
from ivr.care.rules import STATES, is_package
from ivr.ports import Change, Held, HeldPackage, Order, OrderState, Reason, Status
from ivr.testing.memory import MemorySubscribers
from ivr.values import Money, Msisdn, ServiceId


@dataclass
class MemoryOrderBook:
    """Orders as written down; settling one changes ``subscribers``."""

    subscribers: MemorySubscribers
    orders: dict[str, Order] = field(default_factory=dict)
    _bought: dict[str, HeldPackage] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def write(self, order: Order) -> Order:
        with self._lock:
            for known in self.orders.values():
                if known.external_id == order.external_id:
                    return known
            self.orders[order.id] = order
            return order

    def get(self, id: str) -> Order | None:
        return self.orders.get(id)

    def find(self, external_id: str) -> Order | None:
        with self._lock:
            found = (each for each in self.orders.values() if each.external_id == external_id)
            return next(found, None)

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        if state not in FINAL:
            raise ValueError(f"{state} does not settle an order")
        with self._lock:
            order = self.orders[id]
            if order.state in FINAL:
                return order
            settled = dataclasses.replace(order, state=state, settled=at, reason=reason)
            self.orders[id] = settled
            if state is OrderState.COMPLETED:
                self._apply(settled)
            return settled

    def tried(self, id: str, at: datetime) -> None:
        with self._lock:
            order = self.orders[id]
            if order.state not in FINAL:
                self.orders[id] = dataclasses.replace(
                    order, state=OrderState.IN_PROGRESS, tries=order.tries + 1, tried=at
                )

    def unsettled(self, before: datetime, most: int) -> Sequence[Order]:
        waiting = (order for order in self.orders.values() if order.state not in FINAL)
        due = [order for order in waiting if (order.tried or order.ordered) <= before]
        return sorted(due, key=lambda order: order.ordered)[:most]

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        return sorted(
            (o for o in self.orders.values() if o.number == number and o.state not in FINAL),
            key=lambda order: order.ordered,
        )

    def last_settled(self, number: Msisdn, service: ServiceId) -> datetime | None:
        done = [
            order
            for order in self.orders.values()
            if order.number == number and order.state is OrderState.COMPLETED
        ]
        undone = {order.undoes for order in done}
        return max(
            (
                order.settled
                for order in done
                if order.settled
                and order.undoes is None
                and order.id not in undone
                and any(change.service == service for change in order.changes)
            ),
            default=None,
        )

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        done = [
            order
            for order in self.orders.values()
            if order.number == number
            and order.state is OrderState.COMPLETED
            and order.settled is not None
            and order.settled >= since
        ]
        undone = {order.undoes for order in done}
        return [
            (order.changes[-1].service, order.once)
            for order in done
            if order.once.tenge > 0
            and order.id not in undone
            and order.settled is not None
            and order.settled < until
        ]

    def _apply(self, order: Order) -> None:
        subscriber = self.subscribers.rows.get(order.number)
        if subscriber is None:
            return
        services, status = dict(subscriber.services), subscriber.status
        packages = subscriber.packages
        for change in order.changes:
            if state := STATES.get(change.service):
                if status in (Status.ACTIVE, state):
                    status = state if change.on else Status.ACTIVE
            elif is_package(change):
                packages = self._packages(packages, order, change)
            elif change.on:
                since = services[change.service].since if change.service in services else None
                services[change.service] = Held(since or order.settled, change.value)
            else:
                services.pop(change.service, None)
        if status is not subscriber.status:
            self.subscribers.change(order.number, order.call)
        self.subscribers.rows[order.number] = dataclasses.replace(
            subscriber,
            services=services,
            status=status,
            balance=subscriber.balance - order.once,
            packages=packages,
        )

    def _packages(
        self, packages: tuple[HeldPackage, ...], order: Order, change: Change
    ) -> tuple[HeldPackage, ...]:
        if not change.on:
            assert order.undoes is not None
            undone = self._bought.pop(order.undoes, None)
            return tuple(each for each in packages if each is not undone)
        assert order.settled is not None
        bought = dict(change.value)
        until = order.settled + timedelta(days=int(bought["days"]))
        self._bought[order.id] = HeldPackage(
            change.service, bought["package"], int(bought["volume"]), until
        )
        fresh = (*packages, self._bought[order.id])
        return tuple(sorted(fresh, key=lambda each: each.until))

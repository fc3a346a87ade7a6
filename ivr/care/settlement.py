"""The effects of settling an order: one pure function for the store and the in-memory store.

An undo has no effect unless the order that it undoes is completed and no other undo of that order
is. For a package that was used since, the remaining share is paid back. An order of a former owner
of the number has no effect.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.care.rules import STATES, is_package
from ivr.domain.orders import Order, OrderState, Situation
from ivr.domain.services import Change, Reason
from ivr.domain.subscriber import ActiveService, OwnedPackage, Status, Subscriber
from ivr.domain.values import Money

FINAL = frozenset(
    {OrderState.COMPLETED, OrderState.REJECTED, OrderState.FAILED, OrderState.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """The rows to write in one transaction."""

    orders: tuple[Order, ...]
    """The settled order, and other orders that are settled with it."""
    subscriber: Subscriber | None
    """The subscriber afterwards; None: the number no longer exists."""


def settle(
    order: Order, state: OrderState, at: datetime, reason: Reason | None, situation: Situation
) -> Settlement:
    """Settle an open order with a final state; an undo without effect becomes CANCELLED."""
    undone = situation.undone
    if order.undoes is not None and state is OrderState.COMPLETED and _pays_nothing(situation):
        state, reason = OrderState.CANCELLED, None
    undos = [each for each in situation.undos if order.undoes is None and each.state not in FINAL]
    if undos and state is OrderState.CANCELLED:
        reason = Reason.WITHDRAWN
    settled = dataclasses.replace(order, state=state, settled=at, reason=reason, due=None)
    subscriber = situation.subscriber
    if state is not OrderState.COMPLETED:
        idle = [dataclasses.replace(each, state=OrderState.CANCELLED, settled=at) for each in undos]
        return Settlement((settled, *idle), subscriber)
    if subscriber is None or not order.is_by_owner(subscriber.owner_since):
        return Settlement((settled,), subscriber)
    if undone is not None:
        settled = dataclasses.replace(settled, once=paid_back(settled, undone, subscriber))
    return Settlement((settled,), carried_over(subscriber, settled, at))


def _pays_nothing(situation: Situation) -> bool:
    """Tell whether there is nothing to undo, or it is undone already."""
    undone = situation.undone
    is_done = undone is not None and undone.state is OrderState.COMPLETED
    return not is_done or any(each.state is OrderState.COMPLETED for each in situation.undos)


def paid_back(undo: Order, undone: Order, subscriber: Subscriber) -> Money:
    """Return the (negative) amount that an undo takes from the balance.

    For a package, only the remaining share is paid back.
    """
    for change in undone.changes:
        if is_package(change) and change.on:
            volume, left = int(dict(change.value)["volume"]), left_of(undone, subscriber)
            return Money(-(undone.once.tenge * min(left, volume) // max(volume, 1)))
    return undo.once


def left_of(bought: Order, subscriber: Subscriber) -> int:
    """Return the remaining volume of the package that an order bought; 0 if it is gone."""
    return next((max(0, p.left) for p in subscriber.packages if p.order == bought.id), 0)


def carried_over(subscriber: Subscriber, order: Order, at: datetime) -> Subscriber:
    """Return the subscriber after a completed order."""
    services, status = dict(subscriber.services), subscriber.status
    packages = list(subscriber.packages)
    for change in order.changes:
        if state := STATES.get(change.service):
            # A number that is blocked for another reason stays blocked.
            if status is (Status.ACTIVE if change.on else state):
                status = state if change.on else Status.ACTIVE
        elif is_package(change):
            packages = list(_packages(packages, order, change, at))
        elif change.on:
            known = services.get(change.service)
            services[change.service] = ActiveService(known.since if known else at, change.value)
        else:
            services.pop(change.service, None)
    return dataclasses.replace(
        subscriber,
        services=services,
        status=status,
        balance=subscriber.balance - order.once,
        packages=tuple(sorted(packages, key=lambda each: each.until)),
    )


def _packages(
    packages: list[OwnedPackage], order: Order, change: Change, at: datetime
) -> Iterator[OwnedPackage]:
    yield from (each for each in packages if change.on or each.order != order.undoes)
    if change.on:
        bought = dict(change.value)
        until = at + timedelta(days=int(bought["days"]))
        volume = int(bought["volume"])
        yield OwnedPackage(change.service, bought["package"], volume, until, order.id)

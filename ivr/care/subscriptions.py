"""Switching services: what a change takes, why it is refused, and carrying it out.

Law: an order is written before it is carried out. One short transaction fixes the wanted states
under the key ``call:step``; the network is asked outside of any; then the order is settled, or
left for the worker of ``ivr orders``. What the caller hears is what is so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.care.asking import AtOnce, ask, receipt_of
from ivr.care.catalogue import FREE, Catalogue
from ivr.care.orders import FINAL, sent_before
from ivr.errors import TemporarilyUnavailable
from ivr.ports import (
    INACTIVITY,
    SUSPENSION,
    Aside,
    Change,
    Clock,
    Moment,
    Network,
    Offer,
    Order,
    OrderBook,
    OrderState,
    Reason,
    Receipt,
    Refusal,
    Settled,
    Status,
    Subscriber,
    Subscribers,
    in_silence,
)
from ivr.values import Msisdn, ServiceId

STATES = {SUSPENSION: Status.SUSPENDED, INACTIVITY: Status.INACTIVE}
"""States of a number that are ordered like services: on is the state, off is active."""
ORDERED = (Change(SUSPENSION, True), Change(SUSPENSION, False), Change(INACTIVITY, False))
"""What callers may ask of them: nobody asks to be blocked."""
BARRED = {
    Status.BLOCKED: Reason.BLOCKED,
    Status.INACTIVE: Reason.INACTIVE,
    Status.SUSPENDED: Reason.SUSPENDED,
    Status.TERMINATED: Reason.TERMINATED,
}


@dataclass(frozen=True)
class Switching:
    """Implements ``ivr.ports.Subscriptions``."""

    subscribers: Subscribers
    book: OrderBook
    network: Network
    catalogue: Catalogue
    clock: Clock
    aside: Aside = field(default_factory=AtOnce)

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        return self.catalogue.groups[group]

    def states(self, number: Msisdn) -> Mapping[ServiceId, bool]:
        subscriber = self._subscriber(number)
        states = {id: id in subscriber.services for id in self.catalogue.order}
        for service, status in STATES.items():
            states[service] = subscriber.status is status
        return states

    def offer(self, number: Msisdn, wanted: Change) -> Offer | Refusal:
        subscriber = self._subscriber(number)
        if wanted in ORDERED:
            return self._state(subscriber, wanted)
        if subscriber.status in BARRED:
            return Refusal(BARRED[subscriber.status])
        if wanted.service not in self.catalogue.services:
            return Refusal(Reason.UNKNOWN)
        if (wanted.service in subscriber.services) == wanted.on:
            return Refusal(Reason.ALREADY)
        changes = self._changes(subscriber, wanted)
        if self._pending(number, changes):
            return Refusal(Reason.PENDING)
        if not wanted.on:
            return Offer(changes, FREE, FREE)
        entries = [self.catalogue.services[change.service] for change in changes]
        if any(entry.tariffs and subscriber.tariff not in entry.tariffs for entry in entries):
            return Refusal(Reason.TARIFF)
        once = sum((entry.once for entry in entries), FREE)
        monthly = sum((entry.monthly for entry in entries), FREE)
        if once > FREE and subscriber.balance < once:
            return Refusal(Reason.BALANCE)
        return Offer(changes, once, monthly)

    def order(
        self, call: str, step: int, number: Msisdn, offer: Offer, moment: Moment = in_silence
    ) -> Receipt:
        return self._carry_out(
            Order(
                id=str(uuid.uuid4()),
                external_id=f"{call}:{step}",
                number=number,
                changes=offer.changes,
                once=offer.once,
                state=OrderState.ACKNOWLEDGED,
                ordered=self.clock.now(),
            ),
            moment,
        )

    def undo(
        self, call: str, step: int, number: Msisdn, order: str, moment: Moment = in_silence
    ) -> Receipt:
        done = self.book.get(order)
        if done is None or done.number != number or not done.external_id.startswith(f"{call}:"):
            return Receipt(Settled.REFUSED, "", Reason.UNKNOWN)
        if done.state in (OrderState.REJECTED, OrderState.FAILED, OrderState.CANCELLED):
            return Receipt(Settled.REFUSED, "", Reason.ALREADY)
        opposite = tuple(Change(change.service, not change.on) for change in reversed(done.changes))
        return self._carry_out(
            Order(
                id=str(uuid.uuid4()),
                external_id=f"{call}:{step}",
                number=number,
                changes=opposite,
                once=-done.once,
                state=OrderState.ACKNOWLEDGED,
                ordered=self.clock.now(),
                undoes=done.id,
            ),
            moment,
        )

    def _carry_out(self, fresh: Order, moment: Moment) -> Receipt:
        order = self.book.write(fresh)
        if order.state in FINAL or self._behind(order):
            return receipt_of(order)
        if order.id != fresh.id:
            order = sent_before(order)
        return ask(order, self.book, self.network, self.clock, self.aside, moment)

    def _behind(self, order: Order) -> bool:
        """Whether an older order of the number is still to be carried out: it must go first."""
        try:
            waiting = self.book.waiting(order.number)
        except TemporarilyUnavailable:
            return True
        return any(other.id != order.id for other in waiting)

    def _state(self, subscriber: Subscriber, wanted: Change) -> Offer | Refusal:
        is_on = subscriber.status is STATES[wanted.service]
        if not is_on and subscriber.status in BARRED:
            return Refusal(BARRED[subscriber.status])
        if is_on == wanted.on:
            return Refusal(Reason.ALREADY)
        changes = (wanted,)
        if self._pending(subscriber.msisdn, changes):
            return Refusal(Reason.PENDING)
        return Offer(changes, FREE, FREE)

    def _changes(self, subscriber: Subscriber, wanted: Change) -> tuple[Change, ...]:
        others = (
            self.catalogue.required(wanted.service)
            if wanted.on
            else self.catalogue.dependents(wanted.service)
        )
        along = (
            Change(other, wanted.on)
            for other in others
            if (other in subscriber.services) != wanted.on
        )
        return (*along, wanted)

    def _pending(self, number: Msisdn, changes: tuple[Change, ...]) -> bool:
        touched = {change.service for change in changes}
        return any(
            change.service in touched
            for order in self.book.waiting(number)
            for change in order.changes
        )

    def _subscriber(self, number: Msisdn) -> Subscriber:
        subscriber = self.subscribers.find(number)
        if subscriber is None:
            raise TemporarilyUnavailable("database", "the identified number is no longer there")
        return subscriber

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
from ivr.care.catalogue import Catalogue
from ivr.care.orders import FINAL, sent_before
from ivr.care.rules import STATES, Rules
from ivr.errors import TemporarilyUnavailable
from ivr.ports import (
    FORWARDING,
    Aside,
    Change,
    Characteristics,
    Clock,
    Moment,
    Network,
    Offer,
    Order,
    OrderBook,
    OrderState,
    OwnedPackage,
    Package,
    Reason,
    Recalled,
    Receipt,
    Refusal,
    Settled,
    Subscriber,
    Subscribers,
    in_silence,
)
from ivr.values import Msisdn, ServiceId

SHORTEST = 8
"""Digits of the shortest number that a subscriber can have."""
FURTHEST = 10
"""Forwardings from number to number that are followed in search of a loop."""


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
        rules = Rules(self.catalogue, subscriber, self.clock.local())
        states = {id: rules.is_on(id) for id in self.catalogue.order}
        for service, status in STATES.items():
            states[service] = subscriber.status is status
        return states

    def packages(self, service: ServiceId) -> tuple[Package, ...]:
        return tuple(
            Package(id, each.volume.number, each.volume.unit, each.price, each.days)
            for id, each in self.catalogue.services[service].packages.items()
        )

    def owned(self, number: Msisdn, service: ServiceId) -> tuple[OwnedPackage, ...]:
        unit, now = self.catalogue.services[service].unit, self.clock.now()
        return tuple(
            OwnedPackage(
                service, each.package, unit, each.left, self.clock.local(each.until).date()
            )
            for each in self._subscriber(number).packages
            if each.service == service and each.until > now
        )

    def value(self, number: Msisdn, service: ServiceId) -> Characteristics:
        held = self._subscriber(number).services.get(service)
        return held.value if held else ()

    def offer(self, number: Msisdn, wanted: Change) -> Offer | Refusal:
        subscriber = self._subscriber(number)
        entry = self.catalogue.services.get(wanted.service)
        changed = (
            self.book.last_settled(number, wanted.service) if entry and entry.modify_days else None
        )
        answer = Rules(self.catalogue, subscriber, self.clock.local()).offer(wanted, changed)
        if isinstance(answer, Refusal):
            return answer
        if any(self._leads_back(number, each) for _, each in wanted.value):
            return Refusal(Reason.LOOP)
        if self._pending(number, answer.changes):
            return Refusal(Reason.PENDING)
        return answer

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

    def recall(
        self, call: str, step: int, number: Msisdn, moment: Moment = in_silence
    ) -> Recalled | None:
        order = self.book.find(f"{call}:{step}")
        if order is None or order.number != number:
            return None
        # An undo has its changes in the other order.
        asked = order.changes[0 if order.undoes else -1]
        return Recalled(self._carry_on(order, moment), asked)

    def undo(
        self, call: str, step: int, number: Msisdn, order: str, moment: Moment = in_silence
    ) -> Receipt:
        done = self.book.get(order)
        if done is None or done.number != number or not done.external_id.startswith(f"{call}:"):
            return Receipt(Settled.REFUSED, "", Reason.UNKNOWN)
        if done.state in (OrderState.REJECTED, OrderState.FAILED, OrderState.CANCELLED):
            return Receipt(Settled.REFUSED, "", Reason.ALREADY)
        opposite = tuple(change.opposite for change in reversed(done.changes))
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
        if order.id == fresh.id:
            return self._ask(order, moment)
        if (order.number, order.changes) != (fresh.number, fresh.changes):
            # Written by a worker that was given up, while its call went on to something else.
            raise TemporarilyUnavailable("database", "another order has this key")
        return self._carry_on(order, moment)

    def _carry_on(self, order: Order, moment: Moment) -> Receipt:
        """An order that somebody else may have asked the network for."""
        return receipt_of(order) if order.state in FINAL else self._ask(sent_before(order), moment)

    def _ask(self, order: Order, moment: Moment) -> Receipt:
        if self._behind(order):
            return receipt_of(order)
        return ask(order, self.book, self.network, self.clock, self.aside, moment)

    def _behind(self, order: Order) -> bool:
        """Whether an older order of the number is still to be carried out: it must go first."""
        try:
            waiting = self.book.waiting(order.number)
        except TemporarilyUnavailable:
            return True
        return any(other.id != order.id for other in waiting)

    def _leads_back(self, number: Msisdn, target: str) -> bool:
        """Whether calls that are forwarded to ``target`` are forwarded on to ``number``."""
        seen: set[str] = set()
        waiting = [target]
        while waiting and len(seen) < FURTHEST:
            at = waiting.pop()
            if at in seen or not at.isdecimal():
                continue
            seen.add(at)
            other = self.subscribers.find(Msisdn(at)) if len(at) > SHORTEST else None
            held = other.services.get(FORWARDING) if other else None
            for _, on in held.value if held else ():
                if on == number:
                    return True
                waiting.append(on)
        return False

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

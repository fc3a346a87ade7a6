"""Switching services: offers, refusals, and carrying out changes.

Rule: an order is stored before it is carried out. One short transaction checks it once more, under
the subscriber's lock, and stores the wanted states under the operation key. The network is asked
outside any transaction. Then the order is settled, or left for the worker of ``ivr orders``. The
caller hears the true state.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from ivr.care.carrier import SEARCH, Carrier, sent_before
from ivr.care.catalogue import Catalogue
from ivr.care.changes import ChangeRequests
from ivr.care.dispatch import ask, receipt_of
from ivr.care.loops import makes_a_loop
from ivr.care.notices import Notice, Notices
from ivr.care.ordercheck import Weighing, delay_of
from ivr.care.rules import STATES, Rules
from ivr.care.settlement import FINAL
from ivr.care.undo import may_undo
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Evidence
from ivr.domain.notices import Occasion
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import (
    SUSPENSION,
    UNQUESTIONED,
    Change,
    Characteristics,
    HeldChange,
    Offer,
    OnDelay,
    Package,
    Reason,
    Recalled,
    Receipt,
    Refusal,
    Settled,
    no_op,
)
from ivr.domain.subscriber import OwnedPackage, Subscriber
from ivr.domain.values import Language, Msisdn, ServiceId
from ivr.errors import SubscriberGone, TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.messages import Promises
from ivr.ports.orders import Network, OrderRepository
from ivr.ports.subscribers import Subscribers

log = structlog.get_logger()


@dataclass(frozen=True)
class SubscriptionService(ChangeRequests):
    subscribers: Subscribers
    repository: OrderRepository
    network: Network
    catalogue: Catalogue
    clock: Clock
    executor: Executor
    """Runs the requests to the network as background tasks."""
    notices: Notices | None = None
    search: timedelta = SEARCH
    """As ``Carrier.search``."""
    promises: Promises | None = None

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
        now, bought = self.clock.now(), self._subscriber(number).packages
        return tuple(each for each in bought if each.service == service and each.until > now)

    def value(self, number: Msisdn, service: ServiceId) -> Characteristics:
        held = self._subscriber(number).services.get(service)
        return held.value if held else ()

    def offer(
        self, number: Msisdn, wanted: Change, evidence: Evidence = UNQUESTIONED
    ) -> Offer | Refusal:
        situation = self.repository.situation(number)
        if situation.subscriber is None:
            return Refusal(Reason.UNKNOWN)
        answer = self._weighing.offer(wanted, evidence, situation)
        if isinstance(answer, Offer) and makes_a_loop(self.subscribers, number, wanted):
            return Refusal(Reason.LOOP)
        return answer

    def order(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        offer: Offer,
        on_delay: OnDelay = no_op,
        evidence: Evidence = UNQUESTIONED,
        language: Language | None = None,
    ) -> Receipt:
        if makes_a_loop(self.subscribers, number, offer.wanted or offer.changes[-1]):
            return Receipt(Settled.REFUSED, "", Reason.CHANGED)
        due = self._due(offer, evidence)
        self._warn(key, number, offer, evidence)
        fresh = Order(
            id=str(uuid.uuid4()),
            external_id=key,
            number=number,
            changes=offer.changes,
            once=offer.once,
            state=OrderState.HELD if due else OrderState.ACKNOWLEDGED,
            ordered=self.clock.now(),
            due=due,
            actor=actor,
        )
        check = self._weighing.proved(actor, evidence, self._weighing.order(offer, evidence))
        written = self.repository.write(fresh, check)
        if isinstance(written, Refusal):
            return Receipt(Settled.REFUSED, "", written.reason)
        return self._promised(self._carry_out(fresh, written, on_delay), language)

    def recall(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        on_delay: OnDelay = no_op,
        language: Language | None = None,
    ) -> Recalled | None:
        order = self.repository.find(key)
        if order is None:
            return None
        if (order.number, order.actor) != (number, actor):
            log.error("an order of another number or actor has this key", order=key)
            return None  # another actor used the key: this caller's order was not stored
        # The changes of an undo are in reverse order.
        asked = order.changes[0 if order.undoes else -1]
        return Recalled(self._promised(self._carry_on(order, on_delay), language), asked)

    def undo(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        order: str,
        on_delay: OnDelay = no_op,
        evidence: Evidence = UNQUESTIONED,
        language: Language | None = None,
    ) -> Receipt:
        done, now = self.repository.get(order), self.clock.now()
        if done is None or not may_undo(actor, number, done, now):
            return Receipt(Settled.REFUSED, "", Reason.UNKNOWN)
        fresh = Order(
            id=str(uuid.uuid4()),
            external_id=key,
            number=number,
            changes=tuple(change.opposite for change in reversed(done.changes)),
            once=-done.once,
            state=OrderState.ACKNOWLEDGED,
            ordered=now,
            undoes=done.id,
            actor=actor,
        )
        check = self._weighing.proved(actor, evidence, self._weighing.undo)
        written = self.repository.write(fresh, check)
        if isinstance(written, Order):
            return self._promised(self._carry_out(fresh, written, on_delay), language)
        earlier = self.repository.undoing(done.id)
        if earlier is not None:
            return self._promised(self._carry_on(earlier, on_delay), language)
        return Receipt(Settled.REFUSED, "", written.reason)

    def held(self, number: Msisdn) -> tuple[HeldChange, ...]:
        return tuple(
            HeldChange(order.id, order.changes[-1], order.due)
            for order in self.repository.held(number)
            if order.due is not None
        )

    def stop(self, actor: Actor, key: OperationKey, number: Msisdn, order: str) -> bool:
        held = self.repository.get(order)
        if held is None or held.number != number or held.state is not OrderState.HELD:
            return False
        stopped = self.repository.stop(actor, key, order, self.clock.now())
        return stopped.state is OrderState.CANCELLED

    def _promised(self, receipt: Receipt, language: Language | None) -> Receipt:
        """Promise the result of an order if it is not known yet and the promise can be stored."""
        is_open = receipt.settled in (Settled.ACCEPTED, Settled.HELD)
        if not (is_open and language and self.promises):
            return receipt
        try:
            self.promises.promise(receipt.order, language)
        except TemporarilyUnavailable:
            return receipt  # the order is valid all the same, but nothing was promised
        return replace(receipt, is_promised=True)

    def _carry_out(self, fresh: Order, order: Order, on_delay: OnDelay) -> Receipt:
        """Go on with the stored order: the new one, or an earlier one with the same key."""
        if order.id == fresh.id:
            return self._ask(order, on_delay)
        if not _is_same(order, fresh):
            # A worker that was given up stored it, while its call went on to another operation.
            raise TemporarilyUnavailable("database", "another order has this key")
        return self._carry_on(order, on_delay)

    def _carry_on(self, order: Order, on_delay: OnDelay) -> Receipt:
        """Carry on an order that another worker may have sent to the network."""
        return (
            receipt_of(order) if order.state in FINAL else self._ask(sent_before(order), on_delay)
        )

    def _ask(self, order: Order, on_delay: OnDelay) -> Receipt:
        if order.state is OrderState.HELD or self._behind(order):
            return receipt_of(order)
        carrier = Carrier(
            self.repository, self.network, lambda: self._weighing, self.clock, self.search
        )
        return ask(order, carrier, self.executor, on_delay)

    def _behind(self, order: Order) -> bool:
        """Tell whether an older order of the number is not carried out yet: it must go first."""
        try:
            waiting = self.repository.waiting(order.number)
        except TemporarilyUnavailable:
            return True
        return any(other.id not in (order.id, order.undoes) for other in waiting)

    def _warn(self, key: OperationKey, number: Msisdn, offer: Offer, evidence: Evidence) -> None:
        """Warn the owner of a suspension with a weak proof, while the phone still works.

        Raise TemporarilyUnavailable if that fails; then the suspension is not ordered.
        """
        if self.notices and evidence.is_weak and Change(SUSPENSION, True) in offer.changes:
            self.notices.write(Notice(number, Occasion.SUSPENSION_ORDERED, key))

    def _due(self, offer: Offer, evidence: Evidence) -> datetime | None:
        """Return when a held order takes effect: the time that the caller heard, if any."""
        delay = delay_of(self.catalogue, offer.changes, evidence)
        return (offer.due or self.clock.now() + delay) if delay else None

    @property
    def _weighing(self) -> Weighing:
        return Weighing(self.catalogue, self.clock)

    def _subscriber(self, number: Msisdn) -> Subscriber:
        subscriber = self.subscribers.find(number)
        if subscriber is None:
            raise SubscriberGone
        return subscriber


def _is_same(order: Order, other: Order) -> bool:
    """Tell whether two orders with one key are the same order, requested twice."""
    if (order.number, order.undoes) != (other.number, other.undoes):
        return False
    asked = [change.asked for change in order.changes]
    return order.undoes is not None or asked == [change.asked for change in other.changes]

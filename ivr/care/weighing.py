"""Weighing an order against the subscriber as it is when the order is written, or carried out.

The functions that this answers are asked within the transaction that writes (``OrderBook``). What
was offered to the caller, and has changed since, is not carried out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ivr.care.catalogue import Catalogue, Refund, Service
from ivr.care.rules import Rules, is_package
from ivr.care.settlement import FINAL, left_of
from ivr.domain.call import Evidence
from ivr.domain.orders import Check, Order, OrderState, Situation
from ivr.domain.services import SUSPENSION, Change, Offer, Reason, Refusal
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import ServiceId
from ivr.ports.clock import Clock

PENDING = Refusal(Reason.PENDING)
CHANGED = Refusal(Reason.CHANGED)


@dataclass(frozen=True)
class Weighing:
    """By the catalogue of one release."""

    catalogue: Catalogue
    clock: Clock

    def offer(self, wanted: Change, evidence: Evidence, situation: Situation) -> Offer | Refusal:
        """What a change would take now."""
        assert situation.subscriber is not None
        rules = self._rules(situation.subscriber, situation.open)
        entry = self.catalogue.services.get(wanted.service)
        changed = situation.changed(wanted.service) if entry and entry.modify_days else None
        answer = rules.offer(wanted, changed)
        if isinstance(answer, Refusal) or entry is None:
            return answer
        delay = delay_of(self.catalogue, answer.changes, evidence)
        if not delay:
            return answer
        if rules.stand_in_the_way(answer.changes, situation.held):
            return PENDING
        return dataclasses.replace(answer, due=self.clock.now() + delay)

    def order(self, offer: Offer, evidence: Evidence) -> Check:
        """Of a new order: the offer must be the same once more.

        A proof that is not weak replaces what is held and is about the same. A suspension ends all
        that is held: the owner of a suspended number reads no notice of it.
        """

        def check(situation: Situation) -> Refusal | tuple[str, ...]:
            if situation.subscriber is None:
                return CHANGED
            if self.offer(offer.wanted or offer.changes[-1], evidence, situation) != offer:
                return CHANGED
            if Change(SUSPENSION, True) in offer.changes:
                return tuple(each.id for each in situation.held)
            if evidence.is_weak:
                return ()
            rules = self._rules(situation.subscriber)
            return tuple(
                each.id for each in situation.held if rules.stand_in_the_way(offer.changes, (each,))
            )

        return check

    def release(self, order: Order) -> Check:
        """Of an order that was held and is due: what it takes must be the same once more."""

        def check(situation: Situation) -> Refusal | tuple[str, ...]:
            if situation.subscriber is None:
                return CHANGED
            again = self.offer(order.changes[-1], Evidence(), situation)
            if isinstance(again, Refusal):
                return again
            is_same = (again.changes, again.once) == (order.changes, order.once)
            return () if is_same else CHANGED

        return check

    def proved(self, call: str, evidence: Evidence, check: Check) -> Check:
        """The check, of a caller whose proof holds still when the order is written."""

        def both(situation: Situation) -> Refusal | tuple[str, ...]:
            if evidence.version is not None and not (
                situation.proof and situation.proof.holds(evidence.version, call)
            ):
                return CHANGED
            return check(situation)

        return both

    def undo(self, situation: Situation) -> Refusal | tuple[str, ...]:
        """Of an order that undoes another. One that is not carried out yet can always be undone."""
        undone, subscriber = situation.undone, situation.subscriber
        if undone is None or subscriber is None:
            return Refusal(Reason.UNKNOWN)
        if not undone.is_by_owner(subscriber.owner_since):
            return Refusal(Reason.UNKNOWN)
        if situation.undos:
            return Refusal(Reason.ALREADY)
        if undone.state not in FINAL:
            return ()
        if undone.state is not OrderState.COMPLETED:
            return Refusal(Reason.ALREADY)
        if not self._can_be_given_back(undone, subscriber):
            return Refusal(Reason.USED)
        return self._put_back(undone, subscriber, situation)

    def _can_be_given_back(self, bought: Order, subscriber: Subscriber) -> bool:
        for change in bought.changes:
            if not (is_package(change) and change.on):
                continue
            entry = self.catalogue.services.get(change.service)
            least = int(dict(change.value)["volume"])
            if entry is not None and entry.refund is Refund.REST:
                least = 1
            if left_of(bought, subscriber) < least:
                return False
        return True

    def _put_back(
        self, undone: Order, subscriber: Subscriber, situation: Situation
    ) -> Refusal | tuple[str, ...]:
        """Everything must be as the order left it, and so must all that depends on it."""
        assert undone.settled is not None
        rules = self._rules(subscriber)
        opposite = tuple(change.opposite for change in undone.changes)
        if rules.stand_in_the_way(opposite, situation.open):
            return PENDING
        for change in undone.changes:
            if refused := rules.barred(change.service):
                return refused
            if not is_package(change) and not rules.is_as(change):
                return CHANGED
        for change in opposite:
            mine = {change.service} if is_package(change) else set()
            for service in sorted(rules.related(change) - mine):
                changed = situation.changed(ServiceId(service))
                if changed is not None and changed > undone.settled:
                    return CHANGED
        return ()

    def _rules(self, subscriber: Subscriber, waiting: tuple[Order, ...] = ()) -> Rules:
        return Rules(self.catalogue, subscriber, self.clock.local(), waiting)


def delay_of(catalogue: Catalogue, changes: Iterable[Change], evidence: Evidence) -> timedelta:
    """How long an order is held, by a proof that others may have: the longest of its changes.

    A change is held that sets something anew, or switches off a service with ``delay_off``. Any
    other switching off, or ending a part, is never held: it takes nothing from the owner.
    """
    if not evidence.is_weak:
        return timedelta()
    entries = ((catalogue.services.get(change.service), change) for change in changes)
    hours = [entry.delay_hours for entry, change in entries if entry and _waits(entry, change)]
    return timedelta(hours=max(hours, default=0))


def _waits(entry: Service, change: Change) -> bool:
    if is_package(change):
        return False
    return bool(set(change.value) - set(change.before)) if change.on else entry.delay_off

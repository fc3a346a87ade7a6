"""Checks an order against the subscriber's present state, when it is stored or released.

The functions that this module returns are called within the writing transaction of
``OrderRepository``. If the offer differs from what the caller heard, the order is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ivr.care.catalogue import Catalogue, CatalogueService, Refund
from ivr.care.forwarding import does_the_same, put_back
from ivr.care.rules import Rules, is_package
from ivr.care.settlement import FINAL, left_of
from ivr.domain.actor import Actor
from ivr.domain.call import Evidence
from ivr.domain.orders import Check, Order, OrderState, Situation, Weighed
from ivr.domain.services import SUSPENSION, Change, Offer, Reason, Refusal
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import ServiceId
from ivr.ports.clock import Clock

PENDING = Refusal(Reason.PENDING)
CHANGED = Refusal(Reason.CHANGED)


@dataclass(frozen=True)
class Weighing:
    """Makes checks by the catalogue of one release."""

    catalogue: Catalogue
    clock: Clock

    def offer(self, wanted: Change, evidence: Evidence, situation: Situation) -> Offer | Refusal:
        """Return the offer for a change in a situation."""
        assert situation.subscriber is not None
        rules = self._rules(situation.subscriber, situation.open)
        entry = self.catalogue.services.get(wanted.service)
        is_bounded = entry is not None and entry.modify_days
        changed = situation.changed(wanted.service, frozenset()) if is_bounded else None
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
        """Return the check of a new order: the new offer must equal the one that the caller heard.

        An order with a proof that is not weak replaces held orders for the same services. A
        suspension ends all held orders, because the owner of a suspended number gets no notices.
        """

        def check(situation: Situation) -> Refusal | Weighed:
            if situation.subscriber is None:
                return CHANGED
            again = self.offer(offer.wanted or offer.changes[-1].asked, evidence, situation)
            if isinstance(again, Refusal) or not _is_as_told(offer, again):
                return CHANGED
            held = situation.held
            if Change(SUSPENSION, True) not in again.changes:
                rules = self._rules(situation.subscriber)
                held = tuple(
                    each
                    for each in held
                    if not evidence.is_weak and rules.stand_in_the_way(again.changes, (each,))
                )
            return Weighed(again.changes, tuple(each.id for each in held))

        return check

    def release(self, order: Order) -> Check:
        """Return the check of a held order that is due: its offer must be the same as before."""

        def check(situation: Situation) -> Refusal | Weighed:
            if situation.subscriber is None:
                return CHANGED
            again = self.offer(order.changes[-1].asked, Evidence(), situation)
            if isinstance(again, Refusal):
                return again
            is_same = again.once == order.once and _do_the_same(order.changes, again.changes)
            return Weighed(again.changes) if is_same else CHANGED

        return check

    def proved(self, actor: Actor, evidence: Evidence, check: Check) -> Check:
        """Return ``check`` with a test that the actor's proof is valid when the order is stored."""

        def both(situation: Situation) -> Refusal | Weighed:
            if evidence.version is not None and not (
                situation.proof and situation.proof.holds(evidence.version, actor.call)
            ):
                return CHANGED
            return check(situation)

        return both

    def undo(self, situation: Situation) -> Refusal | Weighed:
        """Check an undo. An order that is not carried out yet can always be undone."""
        undone, subscriber = situation.undone, situation.subscriber
        if undone is None or subscriber is None:
            return Refusal(Reason.UNKNOWN)
        if not undone.is_by_owner(subscriber.owner_since):
            return Refusal(Reason.UNKNOWN)
        if situation.undos:
            return Refusal(Reason.ALREADY)
        if undone.state not in FINAL:
            return Weighed()
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
    ) -> Refusal | Weighed:
        """Undo a completed order, if what it changed and related services are unchanged since."""
        assert undone.settled is not None
        rules = self._rules(subscriber)
        back: list[Change] = []
        for change in reversed(undone.changes):
            if rules.stand_in_the_way((change.opposite,), situation.open):
                return PENDING
            if refused := rules.barred(change.service):
                return refused
            opposite = _opposite(change, rules)
            if opposite is None:
                return CHANGED
            back.append(opposite)
            mine = {change.service} if is_package(change) else set()
            for service in sorted(rules.related(opposite) - mine):
                is_by_part = service == change.service and change.on
                parts = change.parts if is_by_part else frozenset[str]()
                changed = situation.changed(ServiceId(service), parts)
                if changed is not None and changed > undone.settled:
                    return CHANGED
        return Weighed(tuple(back))

    def _rules(self, subscriber: Subscriber, waiting: tuple[Order, ...] = ()) -> Rules:
        return Rules(self.catalogue, subscriber, self.clock.local(), waiting)


def _is_as_told(offer: Offer, again: Offer) -> bool:
    """Tell whether everything that the caller heard of an offer is still true.

    The monthly fee may have begun already, for another part of the service.
    """
    if (offer.once, offer.idle) != (again.once, again.idle) or again.monthly > offer.monthly:
        return False
    return _do_the_same(offer.changes, again.changes)


def _do_the_same(offered: Sequence[Change], now: Sequence[Change]) -> bool:
    return len(offered) == len(now) and all(map(does_the_same, offered, now))


def _opposite(change: Change, rules: Rules) -> Change | None:
    """Return the change that reverts a change; None: the service was changed again since."""
    if change.on and change.value and not is_package(change):
        held = rules.subscriber.services.get(change.service)
        return put_back(change, held.value) if held else None
    return change.opposite if is_package(change) or rules.is_as(change) else None


def delay_of(catalogue: Catalogue, changes: Iterable[Change], evidence: Evidence) -> timedelta:
    """Return how long an order with a weak proof is held: the longest delay of its changes.

    Changes that set a new value are held, and those that switch off a service with ``delay_off``.
    Other changes that switch off a service or end a part are never held: they do not harm the
    owner.
    """
    if not evidence.is_weak:
        return timedelta()
    entries = ((catalogue.services.get(change.service), change) for change in changes)
    hours = [entry.delay_hours for entry, change in entries if entry and _waits(entry, change)]
    return timedelta(hours=max(hours, default=0))


def _waits(entry: CatalogueService, change: Change) -> bool:
    if is_package(change):
        return False
    return bool(set(change.value) - set(change.before)) if change.on else entry.delay_off

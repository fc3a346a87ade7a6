"""A simulated subscriber's services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.care.changes import ChangeRequests
from ivr.care.rules import STATES, Rules
from ivr.content.model import Content
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Evidence
from ivr.domain.services import (
    UNQUESTIONED,
    Change,
    Characteristics,
    HeldChange,
    Offer,
    OnDelay,
    Package,
    Recalled,
    Receipt,
    Refusal,
    Settled,
    no_op,
)
from ivr.domain.subscriber import ActiveService, OwnedPackage, Status, Subscriber
from ivr.domain.values import Language, Msisdn, ServiceId
from ivr.ports.clock import Clock


@dataclass
class SimulatedSubscriptions(ChangeRequests):
    """Applies the real rules; changes happen immediately, in memory."""

    content: Content
    clock: Clock
    subscriber: Subscriber
    _before: Subscriber | None = None
    """The subscriber before the last order, to undo it."""

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        return self.content.catalogue.groups[group]

    def packages(self, service: ServiceId) -> tuple[Package, ...]:
        return tuple(
            Package(id, each.volume.number, each.volume.unit, each.price, each.days)
            for id, each in self.content.catalogue.services[service].packages.items()
        )

    def owned(self, number: Msisdn, service: ServiceId) -> tuple[OwnedPackage, ...]:
        return ()

    def value(self, number: Msisdn, service: ServiceId) -> Characteristics:
        held = self.subscriber.services.get(service)
        return held.value if held else ()

    def states(self, number: Msisdn) -> Mapping[ServiceId, bool]:
        on = {id: id in self.subscriber.services for id in self.content.catalogue.order}
        states = {id: self.subscriber.status is status for id, status in STATES.items()}
        return {**on, **states}

    def offer(
        self, number: Msisdn, wanted: Change, evidence: Evidence = UNQUESTIONED
    ) -> Offer | Refusal:
        rules = Rules(self.content.catalogue, self.subscriber, self.clock.local())
        return rules.offer(wanted, None)

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
        self._before, services = self.subscriber, dict(self.subscriber.services)
        status = self.subscriber.status
        for change in offer.changes:
            if change.service in STATES:
                status = STATES[change.service] if change.on else Status.ACTIVE
            elif change.on:
                services[change.service] = ActiveService(self.clock.now(), change.value)
            else:
                services.pop(change.service, None)
        self.subscriber = replace(self.subscriber, services=services, status=status)
        return Receipt(Settled.DONE, key)

    def recall(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        on_delay: OnDelay = no_op,
        language: Language | None = None,
    ) -> Recalled | None:
        return None

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
        self.subscriber = self._before or self.subscriber
        return Receipt(Settled.DONE, key)

    def held(self, number: Msisdn) -> tuple[HeldChange, ...]:
        return ()

    def stop(self, actor: Actor, key: OperationKey, number: Msisdn, order: str) -> bool:
        return False

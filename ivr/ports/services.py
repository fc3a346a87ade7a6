"""Services of a number: what there is, what is on, and changing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Evidence
from ivr.domain.services import (
    UNQUESTIONED,
    Change,
    Characteristics,
    HeldChange,
    Offer,
    Package,
    Recalled,
    Receipt,
    Refusal,
    UtcDateTime,
    in_silence,
)
from ivr.domain.subscriber import OwnedPackage
from ivr.domain.values import Language, Msisdn, ServiceId


class Subscriptions(Protocol):
    """Services of a number: what there is, what is on, and changing it."""

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        """The switchable services of one group of the catalogue, most used first."""
        ...

    def packages(self, service: ServiceId) -> tuple[Package, ...]:
        """What is sold of a service that comes in packages, in the catalogue's order."""
        ...

    def owned(self, number: Msisdn, service: ServiceId) -> tuple[OwnedPackage, ...]:
        """The packages of a service that a number has now, the first to end first."""
        ...

    def value(self, number: Msisdn, service: ServiceId) -> Characteristics:
        """What a service is set to; empty if it is off or has no more than on and off."""
        ...

    def states(self, number: Msisdn) -> Mapping[ServiceId, bool]:
        """Every switchable service of the catalogue (and SUSPENSION), on or off."""
        ...

    def wanted(self, number: Msisdn, services: Iterable[ServiceId]) -> tuple[Change, ...]:
        """What the choice of each service asks for, by how it is now: on, if it is off, or off."""
        ...

    def purchase(self, service: ServiceId, package: str) -> Change:
        """The change that buys a package."""
        ...

    def favourite(self, number: Msisdn) -> str | None:
        """The favourite number; None: there is none."""
        ...

    def favourite_change(self, target: str | None) -> Change:
        """The change that sets the favourite number; None: that ends it."""
        ...

    def offer(
        self, number: Msisdn, wanted: Change, evidence: Evidence = UNQUESTIONED
    ) -> Offer | Refusal:
        """What the change would take; nothing is written. UNKNOWN: there is no such subscriber.

        ``wanted.value`` names the parts that are to be set; an empty value ends a part, and what
        it does not name stays as it is. ``proof`` decides whether the change is held.
        """
        ...

    def order(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        offer: Offer,
        moment: UtcDateTime = in_silence,
        evidence: Evidence = UNQUESTIONED,
        language: Language | None = None,
    ) -> Receipt:
        """Write the confirmed change down, then carry it out (8 s at most).

        The offer is made once more in the writing transaction. Where it would differ in what was
        told, or the proof has ended (``evidence.version``), the receipt is REFUSED with
        Reason.CHANGED and nothing is written. Parts of a service that the change does not name may
        differ: they stay as they are then.
        The same ``key`` never acts twice. ``moment`` is
        called once if there is no answer after 1.5 s; the network is being asked meanwhile, and
        goes on being asked if ``moment`` raises CallerHungUp.
        What is not known yet is promised by text message in a ``language``, if there is one.
        """
        ...

    def recall(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        moment: UtcDateTime = in_silence,
        language: Language | None = None,
    ) -> Recalled | None:
        """What became of an order that ``order`` or ``undo`` placed under a key; None: it is not
        written. One that was left in the middle is carried on (8 s at most)."""
        ...

    def undo(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        order: str,
        moment: UtcDateTime = in_silence,
        evidence: Evidence = UNQUESTIONED,
        language: Language | None = None,
    ) -> Receipt:
        """Put back what ``order`` changed, and no more; its fee included.

        ``ivr.care.undoing`` says who may. An order that is not carried out yet is cancelled: it
        costs and pays nothing. An order is undone once; undoing it again answers what became of
        that. REFUSED with Reason.CHANGED: what it changed was changed again since, or the proof
        has ended.
        """
        ...

    def held(self, number: Msisdn) -> tuple[HeldChange, ...]:
        """What was ordered for a number and takes effect later, the first to do so first."""
        ...

    def stop(self, actor: Actor, key: OperationKey, number: Msisdn, order: str) -> bool:
        """Cancel a held order, with an audit entry. False: it is held no more."""
        ...

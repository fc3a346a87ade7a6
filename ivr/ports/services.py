"""Services of a number: the catalogue, their states, and changing them."""

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
    OnDelay,
    Package,
    Recalled,
    Receipt,
    Refusal,
    no_op,
)
from ivr.domain.subscriber import OwnedPackage
from ivr.domain.values import Language, Msisdn, ServiceId


class Subscriptions(Protocol):
    """Services of a number: the catalogue, their states, and changing them."""

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        """Return the switchable services of one catalogue group, most used first."""
        ...

    def packages(self, service: ServiceId) -> tuple[Package, ...]:
        """Return the packages of a service that are on sale, in catalogue order."""
        ...

    def owned(self, number: Msisdn, service: ServiceId) -> tuple[OwnedPackage, ...]:
        """Return the packages of a service that a number has now, earliest end first."""
        ...

    def value(self, number: Msisdn, service: ServiceId) -> Characteristics:
        """Return the settings of a service; empty if it is off or has no settings."""
        ...

    def states(self, number: Msisdn) -> Mapping[ServiceId, bool]:
        """Return whether each switchable service of the catalogue, and SUSPENSION, is on."""
        ...

    def wanted(self, number: Msisdn, services: Iterable[ServiceId]) -> tuple[Change, ...]:
        """Return the change that toggles each service: on if it is off now, off if it is on."""
        ...

    def purchase(self, service: ServiceId, package: str) -> Change:
        """Return the change that buys a package."""
        ...

    def favourite(self, number: Msisdn) -> str | None:
        """Return the favourite number; None: there is none."""
        ...

    def favourite_change(self, target: str | None) -> Change:
        """Return the change that sets the favourite number, or removes it if ``target`` is None."""
        ...

    def offer(
        self, number: Msisdn, wanted: Change, evidence: Evidence = UNQUESTIONED
    ) -> Offer | Refusal:
        """Return what a change would involve and cost; store nothing.

        Refuse with UNKNOWN if there is no such subscriber. ``wanted.value`` names the parts to set.
        An empty value ends a part; parts that are not named stay as they are. ``evidence`` decides
        whether the change is held.
        """
        ...

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
        """Store the confirmed change, then carry it out (8 s at most).

        The offer is computed again in the writing transaction. If it differs from what the caller
        was told, or the proof is no longer valid (``evidence.version``), the receipt is REFUSED
        with Reason.CHANGED and nothing is stored. Parts of a service that the change does not name
        may differ; they keep their values.
        The same ``key`` never acts twice. ``on_delay`` is called once if there is no answer after
        1.5 s; the request to the network goes on meanwhile, also if ``on_delay`` raises
        CallerHungUp. If the result is not known yet, it is promised by text message in
        ``language``, if one is given.
        """
        ...

    def recall(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        on_delay: OnDelay = no_op,
        language: Language | None = None,
    ) -> Recalled | None:
        """Return the outcome of the order that ``order`` or ``undo`` placed under a key.

        None: no such order was stored. An unfinished order is carried on (8 s at most).
        """
        ...

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
        """Put back only what ``order`` changed, and its fee.

        ``ivr.care.undo`` says which actors may do so. An order that is not carried out yet is
        cancelled, without a fee or a refund. An order is undone once; a second undo returns the
        outcome of the first. The receipt is REFUSED with Reason.CHANGED if the same parts were
        changed again since, or the proof is no longer valid.
        """
        ...

    def held(self, number: Msisdn) -> tuple[HeldChange, ...]:
        """Return the changes of a number that take effect later, earliest first."""
        ...

    def stop(self, actor: Actor, key: OperationKey, number: Msisdn, order: str) -> bool:
        """Cancel a held order, with an audit entry. Return False if it is no longer held."""
        ...

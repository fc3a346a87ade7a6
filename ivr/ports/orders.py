"""Orders and the network that carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.orders import Check, NetworkAnswer, Order, OrderState, Sent, Situation, unweighed
from ivr.domain.services import Reason, Refusal
from ivr.domain.values import Money, Msisdn, ServiceId


class OrderRepository(Protocol):
    """Stored orders. Each method is one short transaction."""

    def write(self, order: Order, check: Check = unweighed) -> Order | Refusal:
        """Store a new order. If the external id is known, return the order stored under it.

        Raise KeyTaken if the external id belongs to an order of another number or another actor.
        ``check`` is called within the transaction, while the subscriber's row is locked. If it
        refuses, nothing is stored. Otherwise the order gets the changes that ``check`` returned,
        and the held orders that it named are cancelled (WITHDRAWN).
        """
        ...

    def release(self, id: str, at: datetime, check: Check) -> Order:
        """Release a held order with the changes that ``check`` returns.

        If ``check`` refuses, cancel the order with that reason. An order that is not held is not
        changed.
        """
        ...

    def stop(self, actor: Actor, key: OperationKey, id: str, at: datetime) -> Order:
        """Cancel a held order (WITHDRAWN), with an audit entry. Other orders are not changed."""
        ...

    def situation(self, number: Msisdn, order: Order | None = None) -> Situation:
        """Return the data against which an order of a number is checked now.

        ``order`` itself is left out. No lock is held after the method returns.
        """
        ...

    def undoing(self, id: str) -> Order | None:
        """Return the open or completed order that undoes the order ``id``."""
        ...

    def held(self, number: Msisdn) -> Sequence[Order]:
        """Return the held orders of a number, earliest due first."""
        ...

    def due(self, at: datetime, most: int) -> Sequence[Order]:
        """Return the held orders of all numbers that are due at ``at``, earliest due first."""
        ...

    def get(self, id: str) -> Order | None: ...

    def find(self, external_id: str) -> Order | None:
        """Return the order with an external id."""
        ...

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        """Set the final state and apply its effects in the same transaction.

        ``ivr.care.settlement`` defines the effects. COMPLETED changes the number's services
        (SUSPENSION: its status) and balance. An undo of an order that is not completed becomes
        CANCELLED. An order of a former owner changes neither. Settling twice changes nothing.
        """
        ...

    def settle_by_hand(
        self,
        actor: Actor,
        key: OperationKey,
        id: str,
        state: OrderState,
        at: datetime,
        reason: Reason | None = None,
    ) -> Order:
        """As ``settle``, done by a person: add an audit entry."""
        ...

    def tried(self, id: str, at: datetime) -> bool:
        """Store an attempt that had no answer or is about to start; set IN_PROGRESS.

        Return False if the order is settled or held.
        """
        ...

    def claim(self, order: Order, at: datetime, until: datetime) -> bool:
        """Claim an order: until ``until`` no other worker asks the network about it.

        Return False if another worker has it, or it was tried, settled or held since it was read.
        The claim of a worker that died ends at its ``until``.
        """
        ...

    def unclaim(self, id: str, until: datetime) -> None:
        """Give back the claim that lasts until ``until``; a later claim of another worker stays."""
        ...

    def start_sending(self, order: Order, at: datetime) -> bool:
        """Store that an open order is about to be sent (SENT), before it is sent.

        Return False if the order is no longer open, or its ``sent`` and ``sent_at`` differ from
        those of ``order``: another worker sends it.
        """
        ...

    def note_sent(self, id: str, sent: Sent, at: datetime | None) -> None:
        """Store whether the network has an open order, as far as is known."""
        ...

    def unsettled(self, most: int) -> Sequence[Order]:
        """Return orders that are neither settled nor held, oldest first."""
        ...

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        """Return the orders of one number that are neither settled nor held, oldest first."""
        ...

    def last_settled(
        self, number: Msisdn, service: ServiceId, parts: frozenset[str] = frozenset()
    ) -> datetime | None:
        """Return when an order of the owner last changed a service, or one of ``parts`` of it.

        Undone orders and their undos do not count: together they changed nothing.
        """
        ...

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        """Return the one-time fees of the owner's orders.

        Only orders completed from ``since`` until before ``until``. Amounts that undos paid back
        are subtracted; fees that were fully paid back are left out.
        """
        ...


class Network(Protocol):
    """The operator's network, which switches services on and off."""

    def carry_out(self, order: Order) -> NetworkAnswer:
        """Carry out an order; idempotent by its external id.

        Raise TemporarilyUnavailable within 8 s if the network does not answer or has not ended the
        order; a later call finds it. NotSettled tells whether the network has the order; after any
        other TemporarilyUnavailable the order may have been sent.

        ``order.sent`` decides what is done. NOT or MISSED: send the order; if it was tried before,
        look for it first. CONFLICT: look for it; a network that does not know it has refused it.
        Any other value: only look for it.
        """
        ...

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """Cancel an order and return how it ended; None: the network does not know it.

        DONE means that it was too late. Raise TemporarilyUnavailable as ``carry_out`` does. A
        network that cannot cancel carries the order out and answers DONE or REFUSED.
        """
        ...

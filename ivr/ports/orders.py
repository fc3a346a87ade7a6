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
    """Orders as written down. Each method is one short transaction."""

    def write(self, order: Order, check: Check = unweighed) -> Order | Refusal:
        """Write a new order; if the external id is known, answer the one written then.

        KeyTaken: the external id is that of another number's or another actor's order.
        ``check`` is asked within the transaction, with the subscriber's row locked. What it
        refuses is not written. The order is written with the changes that it answers; held orders
        that it names are cancelled (WITHDRAWN).
        """
        ...

    def release(self, id: str, at: datetime, check: Check) -> Order:
        """Let a held order be carried out, with the changes that ``check`` answers, or cancel it
        with the reason that it has.

        An order that is not held stays as it is.
        """
        ...

    def stop(self, actor: Actor, key: OperationKey, id: str, at: datetime) -> Order:
        """Cancel a held order (WITHDRAWN), with an audit entry; any other stays as it is."""
        ...

    def situation(self, number: Msisdn, order: Order | None = None) -> Situation:
        """What an order of a number would be weighed against now, itself left out.

        No lock is held when it is answered.
        """
        ...

    def undoing(self, id: str) -> Order | None:
        """The order that undoes an order: one that is open or completed."""
        ...

    def held(self, number: Msisdn) -> Sequence[Order]:
        """Orders of a number that are held, the first to be due first."""
        ...

    def due(self, at: datetime, most: int) -> Sequence[Order]:
        """Held orders of all numbers that are due, the first to be due first."""
        ...

    def get(self, id: str) -> Order | None: ...

    def find(self, external_id: str) -> Order | None:
        """The order with an external id."""
        ...

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        """Final state, and in the same transaction all that follows from it, as
        ``ivr.care.settlement`` has it: COMPLETED changes the number's services (SUSPENSION: its
        status) and balance; an undo of what is not completed is CANCELLED. An order of a former
        owner changes neither. Settling twice changes nothing.
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
        """As ``settle``, with an audit entry: a person settles it."""
        ...

    def tried(self, id: str, at: datetime) -> bool:
        """Note a try that had no answer, or is about to be made; the order becomes IN_PROGRESS.

        False: it is settled, or held.
        """
        ...

    def claim(self, order: Order, at: datetime, until: datetime) -> bool:
        """Take an order in hand: until then nobody else asks the network for it.

        False: another has it in hand, or it was tried, settled or held since it was read. A claim
        of a worker that died ends by its time.
        """
        ...

    def unclaim(self, id: str, until: datetime) -> None:
        """Give the claim back that lasts until then; a later one of another stays."""
        ...

    def sending(self, order: Order, at: datetime) -> bool:
        """Note that an open order is about to be sent (SENT), whoever was first.

        False: it is not open any more, or its ``sent`` and ``sent_at`` are not those of ``order``:
        somebody else sends it.
        """
        ...

    def note_sent(self, id: str, sent: Sent, at: datetime | None) -> None:
        """Note what is known of an open order's way to the network."""
        ...

    def unsettled(self, most: int) -> Sequence[Order]:
        """Oldest first: neither settled nor held."""
        ...

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        """Orders of one number that are neither settled nor held, oldest first."""
        ...

    def last_settled(
        self, number: Msisdn, service: ServiceId, parts: frozenset[str] = frozenset()
    ) -> datetime | None:
        """When an order of the number's owner last changed a service, or one of these parts of
        it; undone and undoing orders, which left everything as it was, do not count."""
        ...

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        """One-time fees taken by the owner's orders that were completed from ``since`` until before
        ``until``, less what undoing them has paid back; those of which nothing is left are left
        out."""
        ...


class Network(Protocol):
    """The operator's network, which really switches services."""

    def carry_out(self, order: Order) -> NetworkAnswer:
        """Idempotent by the order's external id. TemporarilyUnavailable within 8 s: it does not
        answer, or has not ended the order; asking again finds it. As NotSettled it says what is
        known of the order's way; as any other error, the order may have been sent.

        ``order.sent`` NOT or MISSED says that it may be sent, after it was looked for if it was
        tried before; CONFLICT that a network which does not know it has refused it; with any
        other it is only looked for.
        """
        ...

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """Ask that an order be carried out no more, and answer how it ended; None: it is not
        known there. DONE is "too late". TemporarilyUnavailable as for ``carry_out``.

        A network that cannot cancel carries the order out and answers so.
        """
        ...

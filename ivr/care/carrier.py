"""Sends one order to the network and settles it, never twice.

An order that has an undo is not sent any more: the network is asked to cancel it. Only if the order
was completed all the same, the undo is sent, as an order with the opposite changes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from ivr.care.ordercheck import Weighing
from ivr.care.settlement import FINAL
from ivr.domain.actor import OperationKey
from ivr.domain.orders import (
    SENDABLE,
    NetworkAnswer,
    NotSettled,
    Order,
    OrderState,
    Sent,
    Situation,
)
from ivr.domain.services import Reason, Refusal
from ivr.errors import TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.orders import Network, OrderRepository

SEARCH = timedelta(minutes=5)
"""How long the network is asked about a sent order that it does not know. After that, the order is
sent again, or taken as never received. A gateway may time out before the system behind it acts."""
IN_HAND = 10.0
"""Seconds in which the call of a new order may still handle it (the call waits 8 s), or the order
may be on its way to the network."""
CLAIM = timedelta(seconds=60)
"""Maximum time for which a worker claims an order; no worker waits so long for the network."""
FRESH = 2.0
"""Seconds within which a call starts to send its order; then it waits at most 8 s."""


def sent_before(order: Order) -> Order:
    """Return the order marked as sent, so that the network is asked about it first."""
    return dataclasses.replace(order, tries=max(order.tries, 1))


class InHand(TemporarilyUnavailable):
    """Another worker is asking the network about the order now."""

    def __init__(self) -> None:
        super().__init__("network", "another worker is carrying out the order")


@dataclass(frozen=True)
class Carrier:
    """Sends orders to the network and settles them.

    It claims an order before it sends it, so that two workers never send the same one. Only a call
    that has just stored its order needs no claim, because workers do not handle it yet.

    If TemporarilyUnavailable is raised, the order stays for later and is stored as tried. For an
    order that may have been sent, the network is only asked, until it has not known the order for
    the time ``search``: decision 0047.
    """

    repository: OrderRepository
    network: Network
    weighing: Callable[[], Weighing]
    clock: Clock
    search: timedelta = SEARCH

    def carry_out(self, order: Order) -> Order:
        """Carry out an order, or withdraw the order that it undoes; return the settled order.

        Raise InHand if another worker does so.
        """
        if self._is_fresh(order):
            return self._carry_out(order)
        try:
            with self._claimed(order):
                return self._carry_out(order)
        except InHand:
            found = self.repository.get(order.id)
            if found is not None and found.state in FINAL:
                return found
            raise

    @contextmanager
    def _claimed(self, order: Order) -> Iterator[None]:
        """Claim an order for the duration. Raise InHand if another worker has it."""
        now = self.clock.now()
        until = now + CLAIM
        if not self.repository.claim(order, now, until):
            raise InHand
        try:
            yield
        except TemporarilyUnavailable:
            self.repository.unclaim(order.id, until)  # after any other error the claim times out
            raise

    def _carry_out(self, order: Order) -> Order:
        if order.undoes is not None:
            return self._undo(order, order.undoes)
        undo = None if self._is_fresh(order) else self.repository.undoing(order.id)
        if undo is not None and undo.state not in FINAL:
            return self._withdraw(order)
        return self._send(order)

    def settle(self, order: Order, answer: NetworkAnswer) -> Order:
        """Settle an order by the answer of the network."""
        now = self.clock.now()
        match answer:
            case NetworkAnswer.DONE:
                return self.repository.settle(order.id, OrderState.COMPLETED, now)
            case NetworkAnswer.REFUSED:
                return self.repository.settle(order.id, OrderState.REJECTED, now, Reason.NETWORK)
            case NetworkAnswer.CANCELLED:
                return self.repository.settle(order.id, OrderState.CANCELLED, now, Reason.NETWORK)
            case _:
                assert_never(answer)

    def _undo(self, order: Order, id: str) -> Order:
        undone = self.repository.get(id)
        if undone is not None and undone.state is OrderState.HELD:
            key = OperationKey(order.external_id)
            undone = self.repository.stop(order.actor, key, id, self.clock.now())
        if undone is not None and undone.state not in FINAL:
            with self._claimed(undone):
                undone = self._withdraw(undone)
        if undone is None or undone.state is not OrderState.COMPLETED:
            return self.repository.settle(order.id, OrderState.CANCELLED, self.clock.now())
        situation = self.repository.situation(order.number, order)
        is_new = order.tried is None  # otherwise it may be done already
        if is_new and _is_by_owner(order, situation):
            answer = self.weighing().undo(situation)
            if isinstance(answer, Refusal):
                state, now = OrderState.REJECTED, self.clock.now()
                return self.repository.settle(order.id, state, now, answer.reason)
            if answer.changes not in (None, order.changes):
                state, now = OrderState.REJECTED, self.clock.now()
                return self.repository.settle(order.id, state, now, Reason.CHANGED)
        return self._send(sent_before(order))

    def _withdraw(self, order: Order) -> Order:
        """Prevent that an open order is carried out; return the settled order."""
        try:
            answer = self.network.cancel(self._as_asked(order, self.clock.now()))
        except TemporarilyUnavailable as error:
            if isinstance(error, NotSettled):
                self._note(order, error.sent, is_sending=False)
            self.repository.tried(order.id, self.clock.now())
            raise
        if answer is not None:
            return self.settle(order, answer)
        sent = max(order.tried or order.ordered, order.ordered)
        now = self.clock.now()
        is_in_hand = now < sent + timedelta(seconds=IN_HAND)
        if is_in_hand or not self._is_nowhere(order, now):
            if not is_in_hand:
                self.repository.tried(order.id, now)  # so that the pauses between attempts grow
            raise TemporarilyUnavailable("network", "the order may already have been sent to it")
        return self.repository.settle(order.id, OrderState.CANCELLED, now, Reason.WITHDRAWN)

    def _is_nowhere(self, order: Order, now: datetime) -> bool:
        """Tell whether an order that the network does not know can no longer arrive there."""
        match order.sent:
            case Sent.NOT:
                return self.repository.start_sending(
                    order, now
                )  # from now on no other worker sends it
            case Sent.SENT:
                self.repository.note_sent(order.id, Sent.MISSED, now)
                return not self.search
            case Sent.MISSED | Sent.CONFLICT:
                return self._is_looked_for(order, now)
            case Sent.KNOWN:
                return False
            case _:
                assert_never(order.sent)

    def _is_looked_for(self, order: Order, now: datetime) -> bool:
        """Tell whether the network has not known an order for the time ``search``."""
        return order.sent_at is None or now >= order.sent_at + self.search

    def _send(self, order: Order) -> Order:
        is_fresh = self._is_fresh(order)
        now = self.clock.now()
        # Before it is sent, so that no worker takes it for an order that was never sent.
        if not is_fresh and not self.repository.tried(order.id, now):
            return self.repository.get(order.id) or order
        asked = self._as_asked(order, now)
        is_sending = asked.sent in SENDABLE
        if is_sending and not self.repository.start_sending(order, now):
            raise TemporarilyUnavailable(
                "network", "the order is already settled, or another worker has sent it"
            )
        try:
            answer = self.network.carry_out(asked)
        except TemporarilyUnavailable as error:
            if isinstance(error, NotSettled):
                self._note(order, error.sent, is_sending)
            if is_fresh:
                self.repository.tried(order.id, self.clock.now())
            raise
        return self.settle(order, answer)

    def _as_asked(self, order: Order, now: datetime) -> Order:
        """Return the order in the form for the network, so that it is not sent again too early."""
        is_waiting = order.sent in (Sent.MISSED, Sent.CONFLICT)
        if is_waiting and not self._is_looked_for(order, now):
            return dataclasses.replace(order, sent=Sent.SENT)
        return order

    def _note(self, order: Order, found: Sent, is_sending: bool) -> None:
        """Store what an attempt that did not settle the order found out about it."""
        if found is Sent.NOT:
            if is_sending:  # restore the value from before
                self.repository.note_sent(order.id, order.sent, order.sent_at)
        elif found is not order.sent and (
            found is not Sent.MISSED or order.sent in (Sent.NOT, Sent.SENT)
        ):
            self.repository.note_sent(order.id, found, self.clock.now())

    def _is_fresh(self, order: Order) -> bool:
        """Tell whether the call of the order sends it now for the first time and has not undone it.

        Such an order is not on its way for longer than the call waits.
        """
        return not order.tries and self.clock.now() < order.ordered + timedelta(seconds=FRESH)


def _is_by_owner(order: Order, situation: Situation) -> bool:
    subscriber = situation.subscriber
    return subscriber is None or order.is_by_owner(subscriber.owner_since)

"""Settling orders by hand, for orders that the network has lost.

An operator looks up the outcome in the network first. The effects are the same as for an answer of
the network: money, services, undos, and the text message to the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ivr.care.carrier import CLAIM, IN_HAND
from ivr.care.settlement import FINAL
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Reason
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.ports.clock import Clock
from ivr.ports.orders import OrderRepository

UNCHANGED = "nothing was changed"


@dataclass(frozen=True)
class LostOrders:
    """Settles orders by hand that the network does not end."""

    repository: OrderRepository
    clock: Clock

    def settle(self, actor: Actor, key: OperationKey, id: str, *, is_done: bool) -> Order:
        """Settle an open order as done or as not carried out; return the settled order.

        The order is claimed first, so that no worker asks for it meanwhile. Raise Unusable with the
        reason if it cannot be settled so.
        """
        order = self._open(id)
        now = self.clock.now()
        until = now + CLAIM
        if not self.repository.claim(order, now, until):
            raise _in_hand(id)
        state = OrderState.COMPLETED if is_done else OrderState.CANCELLED
        reason = None if is_done else Reason.NETWORK
        try:
            settled = self.repository.settle_by_hand(actor, key, id, state, now, reason)
        except TemporarilyUnavailable:
            self.repository.unclaim(id, until)
            raise
        if settled.settled != now:  # an event of the network settled it, without a claim
            raise _settled(settled)
        return settled

    def _open(self, id: str) -> Order:
        """Return an order that may be settled by hand; else raise Unusable."""
        order = self.repository.get(id)
        if order is None:
            raise Unusable(
                f"there is no order {id}: `ivr orders list --open` lists the open orders;"
                f" {UNCHANGED}"
            )
        if order.state in FINAL:
            raise _settled(order)
        if order.state is OrderState.HELD:
            raise Unusable(
                f"order {id} is held and was never sent: it takes effect when it is due, and"
                f" its owner can cancel it by telephone until then; {UNCHANGED}"
            )
        if self.clock.now() < order.ordered + timedelta(seconds=IN_HAND):
            raise _in_hand(id)
        undone = self.repository.get(order.undoes) if order.undoes else None
        if undone is not None and undone.state not in FINAL:
            raise Unusable(
                f"order {id} undoes order {order.undoes}, which is also open: settle that"
                f" order, then `ivr orders` does the rest; {UNCHANGED}"
            )
        return order


def _in_hand(id: str) -> Unusable:
    return Unusable(
        f"order {id} is being carried out now, by its call or by `ivr orders`: wait a minute,"
        f" and settle it if `ivr orders list --open` still lists it; {UNCHANGED}"
    )


def _settled(order: Order) -> Unusable:
    return Unusable(f"order {order.id} is {order.state} already; {UNCHANGED}")

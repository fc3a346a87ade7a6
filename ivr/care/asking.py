"""Asking the network for an order while the caller waits: a moment, then no longer.

Law: the order goes on being asked for, whether the caller waits, gives up or hangs up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ivr.care.orders import Carrier
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Moment, Reason, Receipt, Settled
from ivr.errors import TemporarilyUnavailable
from ivr.ports.aside import Aside, Started

MOMENT = 1.5
"""Seconds of silence after which the caller hears that it takes a moment."""
PATIENCE = 8.0
"""Seconds after which the order is accepted and done later."""


class AtOnce(Aside):
    """For who has time: the work is done where it is started."""

    def start(self, work: Callable[[], None]) -> Started:
        work()
        return _Ended()


class _Ended:
    def wait(self, _seconds: float) -> bool:
        return True


def ask(order: Order, carrier: Carrier, aside: Aside, moment: Moment) -> Receipt:
    """Ask the network beside the dialogue; ``moment`` is called if it takes over 1.5 s."""
    settled: list[Order] = []

    def carry() -> None:
        with suppress(TemporarilyUnavailable):  # noted as tried: the worker goes on with it
            settled.append(carrier.carry_out(order))

    clock = carrier.clock
    begun = clock.now()
    started = aside.start(carry)
    if not started.wait(MOMENT):
        moment()
        spent = (clock.now() - begun).total_seconds()
        started.wait(max(0.0, PATIENCE - spent))
    if not settled:
        with suppress(TemporarilyUnavailable):  # an event may have settled it meanwhile
            settled.append(carrier.book.get(order.id) or order)
    return receipt_of(settled[0] if settled else order)


def receipt_of(order: Order) -> Receipt:
    """What is true of an order now."""
    match order.state:
        case OrderState.COMPLETED:
            return Receipt(Settled.DONE, order.id)
        case OrderState.CANCELLED if order.undoes and order.reason is None:
            return Receipt(Settled.DONE, order.id)  # what it undoes was never carried out
        case OrderState.HELD:
            return Receipt(Settled.HELD, order.id, due=order.due)
        case OrderState.REJECTED | OrderState.FAILED | OrderState.CANCELLED:
            return Receipt(Settled.REFUSED, order.id, order.reason or Reason.NETWORK)
        case _:
            return Receipt(Settled.ACCEPTED, order.id)

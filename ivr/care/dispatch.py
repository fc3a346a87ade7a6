"""Asks the network to carry out an order while the caller waits for a limited time.

Rule: the request goes on if the caller waits, gives up or hangs up.
"""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import suppress

import structlog

from ivr.care.carrier import Carrier
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import OnDelay, Reason, Receipt, Settled
from ivr.errors import TemporarilyUnavailable

log = structlog.get_logger()

MOMENT = 1.5
"""Seconds of silence after which the caller hears that it takes a moment."""
PATIENCE = 8.0
"""Seconds after which the order is accepted and carried out later."""


def ask(order: Order, carrier: Carrier, executor: Executor, on_delay: OnDelay) -> Receipt:
    """Ask the network in a background task; ``on_delay`` is called if it takes over 1.5 s."""
    clock = carrier.clock
    begun = clock.now()
    asked = executor.submit(_carry_out, order, carrier)
    try:
        settled = asked.result(MOMENT)
    except TimeoutError:
        on_delay()
        spent = (clock.now() - begun).total_seconds()
        with suppress(TimeoutError):
            asked.result(max(0.0, PATIENCE - spent))
        settled = asked.result() if asked.done() else None
    if settled is None:
        with suppress(TemporarilyUnavailable):  # an event may have settled the order meanwhile
            settled = carrier.repository.get(order.id)
    return receipt_of(settled or order)


def _carry_out(order: Order, carrier: Carrier) -> Order | None:
    """Carry out an order. None: the attempt is stored, and the order worker goes on."""
    try:
        return carrier.carry_out(order)
    except TemporarilyUnavailable:
        return None
    except Exception:
        # If the caller hung up, nothing else reports the error.
        log.exception("an order that a call has made could not be carried out")
        raise


def receipt_of(order: Order) -> Receipt:
    """Return the receipt for the present state of an order."""
    match order.state:
        case OrderState.COMPLETED:
            return Receipt(Settled.DONE, order.id)
        case OrderState.CANCELLED if order.undoes and order.reason is None:
            return Receipt(Settled.DONE, order.id)  # the order that it undoes was not carried out
        case OrderState.HELD:
            return Receipt(Settled.HELD, order.id, due=order.due)
        case OrderState.REJECTED | OrderState.FAILED | OrderState.CANCELLED:
            return Receipt(Settled.REFUSED, order.id, order.reason or Reason.NETWORK)
        case _:
            return Receipt(Settled.ACCEPTED, order.id)

"""Carrying out what was ordered, at once or later, never twice."""

from __future__ import annotations

import dataclasses
import random
import threading
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ivr.errors import TemporarilyUnavailable
from ivr.ports import (
    Clock,
    Network,
    NetworkAnswer,
    Order,
    OrderBook,
    OrderState,
    Outcomes,
    Reason,
)

log = structlog.get_logger()

FINAL = frozenset(
    {OrderState.COMPLETED, OrderState.REJECTED, OrderState.FAILED, OrderState.CANCELLED}
)
FIRST_RETRY, LONGEST_RETRY = 2.0, 300.0
"""Seconds between tries of one order: doubled each time, with jitter."""
AT_ONCE = 200
"""Orders looked at in one round."""
IDLE = 1.0
IN_HAND = 10.0
"""Seconds in which a new order may still be in the hands of its call, which waits 8 s."""


def sent_before(order: Order) -> Order:
    """The order as one that the network may know already, so that it is asked for first."""
    return dataclasses.replace(order, tries=max(order.tries, 1))


def carry_out(order: Order, book: OrderBook, network: Network, clock: Clock) -> Order:
    """Ask the network for an order and settle it.

    TemporarilyUnavailable leaves it for later, noted as tried; the network is idempotent by the
    order's external id, so that asking again is safe.
    """
    try:
        answer = network.carry_out(order)
    except TemporarilyUnavailable:
        book.tried(order.id, clock.now())
        raise
    return settle(order, answer, book, clock)


def settle(order: Order, answer: NetworkAnswer, book: OrderBook, clock: Clock) -> Order:
    """Write down what the network answered."""
    match answer:
        case NetworkAnswer.DONE:
            return book.settle(order.id, OrderState.COMPLETED, clock.now())
        case NetworkAnswer.REFUSED:
            return book.settle(order.id, OrderState.REJECTED, clock.now(), Reason.NETWORK)


@dataclass(frozen=True)
class OrderWorker:
    """Finishes accepted orders: oldest first, and of one number strictly one after another."""

    book: OrderBook
    network: Network
    clock: Clock

    def once(self) -> int:
        """One round over what waits; answers how many were settled."""
        settled = 0
        stuck = set()
        now = self.clock.now()
        for order in self.book.unsettled(now - timedelta(seconds=FIRST_RETRY), AT_ONCE):
            if order.number in stuck:
                continue
            oldest = next(iter(self.book.waiting(order.number)), None)
            if oldest is None or oldest.id != order.id or not self._due(order):
                stuck.add(order.number)
                continue
            try:
                carry_out(sent_before(order), self.book, self.network, self.clock)
                settled += 1
            except TemporarilyUnavailable as error:
                stuck.add(order.number)
                log.warning("an order waits", order=order.id, tries=order.tries, reason=str(error))
        return settled

    def look(self, external_id: str, outcomes: Outcomes) -> bool:
        """Ask what became of an order, as an event says that something did. True: it is settled.

        Nothing is sent; an order that is not ours, or is settled, is not even asked for.
        """
        order = self.book.find(external_id)
        if order is None or order.state in FINAL:
            return False
        answer = outcomes.outcome(order)
        if answer is None:
            return False
        settle(order, answer, self.book, self.clock)
        log.info("an order is settled by an event", order=order.id, answer=str(answer))
        return True

    def run(self, stop: threading.Event) -> None:
        """Rounds until ``stop`` is set."""
        while not stop.is_set():
            try:
                settled = self.once()
            except TemporarilyUnavailable as error:
                log.warning("orders cannot be read", reason=str(error))
                settled = 0
            if settled:
                log.info("orders are carried out", settled=settled)
            stop.wait(IDLE)

    def _due(self, order: Order) -> bool:
        if order.tried is None:
            return self.clock.now() >= order.ordered + timedelta(seconds=IN_HAND)
        pause = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(order.tries, 20))
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  jitter, not a secret
        return self.clock.now() >= order.tried + timedelta(seconds=pause)

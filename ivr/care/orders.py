"""Carries out orders in rounds: held ones when they are due, others until they are settled."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ivr.care.carrier import IN_HAND, SEARCH, Carrier, InHand, sent_before
from ivr.care.heldorders import Telling, telling_of
from ivr.care.loops import makes_a_loop
from ivr.care.notices import held_notices
from ivr.care.ordercheck import Weighing
from ivr.care.settlement import FINAL
from ivr.care.worker import run_rounds
from ivr.domain.messages import Message
from ivr.domain.orders import Check, Order, OrderState
from ivr.domain.services import Reason, Refusal
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import OrderStatusQuery
from ivr.ports.clock import Clock
from ivr.ports.orders import Network, OrderRepository
from ivr.ports.subscribers import Subscribers

log = structlog.get_logger()

FIRST_RETRY, LONGEST_RETRY = 2.0, 300.0
"""Seconds between attempts of one order: doubled each time, with jitter."""
AT_ONCE = 200
"""Maximum orders tried in one round."""
LOOKED_AT = 5000
"""Maximum orders examined in one round: most waiting orders are not due."""
IDLE = 1.0


@dataclass(frozen=True)
class OrderWorker:
    """Finishes accepted orders, oldest first; orders of one number strictly one after another."""

    repository: OrderRepository
    network: Network
    clock: Clock
    subscribers: Subscribers
    weighing: Callable[[], Weighing]
    """Checks with the live release. Raises TemporarilyUnavailable if it cannot be read."""
    notice: Callable[[str], Message | None]
    """Returns the outbox message with a reference."""
    search: timedelta = SEARCH

    def once(self) -> int:
        """Do one round over due and waiting orders; return how many were settled."""
        self._release()
        settled = tried = 0
        stuck: set[Msisdn] = set()
        withdrawn: set[str | None] = set()
        for order in self.repository.unsettled(LOOKED_AT):  # oldest first, so also for each number
            if order.number in stuck or order.undoes in withdrawn:
                continue  # the undo was settled together with its order
            if not self._due(order):
                stuck.add(order.number)
                continue
            if tried == AT_ONCE:
                break
            tried += 1
            try:
                ended = self.carrier.carry_out(sent_before(order))
                settled += 1
                if ended.state is not OrderState.COMPLETED:
                    withdrawn.add(order.id)
            except InHand:
                stuck.add(order.number)
            except TemporarilyUnavailable as error:
                stuck.add(order.number)
                log.warning("an order waits", order=order.id, tries=order.tries, reason=str(error))
        if settled:
            log.info("orders are carried out", settled=settled)
        return settled

    def look(self, external_id: str, outcomes: OrderStatusQuery) -> bool:
        """Ask for the outcome of an order after an event about it. Return True if it is settled.

        The order is not sent. For an unknown or settled order, the network is not even asked.
        """
        order = self.repository.find(external_id)
        if order is None or order.state in FINAL or order.state is OrderState.HELD:
            return False
        answer = outcomes.outcome(order)
        if answer is None:
            return False
        self.carrier.settle(order, answer)
        log.info("an order is settled by an event", order=order.id, answer=str(answer))
        return True

    def run(self, stop: threading.Event) -> None:
        """Do rounds until ``stop`` is set."""
        run_rounds("orders", self.once, stop, IDLE)

    @property
    def carrier(self) -> Carrier:
        """The carrier for the orders of this worker."""
        return Carrier(self.repository, self.network, self.weighing, self.clock, self.search)

    def _release(self) -> None:
        """Check held orders that are due once more; then they wait like all others."""
        for order in self.repository.due(self.clock.now(), AT_ONCE):
            try:
                check = self._check(order)
            except TemporarilyUnavailable as error:
                log.warning("a held order waits", order=order.id, reason=str(error))
                continue
            if check is None:
                continue
            released = self.repository.release(order.id, self.clock.now(), check)
            log.info("a held order is due", order=order.id, state=str(released.state))

    def _check(self, order: Order) -> Check | None:
        """Return the check for a due order; None: its owner must get the notice first."""
        notices = held_notices(order, self.clock.local(order.due))
        known = [self.notice(each.reference) for each in notices]
        match telling_of(order, known, self.clock.now()):
            case Telling.WAITS:
                return None
            case Telling.NEVER:
                return lambda _situation: Refusal(Reason.UNTOLD)
        check = self.weighing().release(order)
        if makes_a_loop(self.subscribers, order.number, order.changes[-1]):
            return lambda _situation: Refusal(Reason.LOOP)
        return check

    def _due(self, order: Order) -> bool:
        if order.tried is None:
            return self.clock.now() >= order.ordered + timedelta(seconds=IN_HAND)
        pause = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(order.tries, 20))
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  jitter, not a secret
        return self.clock.now() >= order.tried + timedelta(seconds=pause)

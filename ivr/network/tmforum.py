"""Orders carried out over TMF641 service orders; a number's own status over TMF637.

An order goes out once. Its ``externalId`` is ``call:step``: before anything is sent that may have
been sent already, the network is asked for an order with that id. The order is then looked at
until it ends or patience does; what ends later is told by an event, or found by the worker.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from ivr.network.inventory import is_of_number, set_status
from ivr.network.models import service_order
from ivr.network.models.common import Reference, characteristics, subscriber
from ivr.network.models.service_order import (
    ENDED,
    Action,
    Cancellation,
    NewCancellation,
    NewServiceOrder,
    OrderedService,
    ServiceOrder,
    ServiceOrderItem,
    ServiceOrderState,
)
from ivr.network.wire import LEAST, Answer, Lost, Wire
from ivr.ports import Change, NetworkAnswer, Order

log = structlog.get_logger()

PATIENCE = 8.0
"""Seconds that a caller waits for the network."""
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0
"""Seconds between two looks at an order; they grow."""
SENDS = 2
ORDERS = f"{service_order.BASE}/serviceOrder"
CANCELLATIONS = f"{service_order.BASE}/cancelServiceOrder"
CATEGORY = "0890"
UNDONE = "undone by the subscriber"
BEING_CANCELLED = frozenset(
    {ServiceOrderState.ASSESSING_CANCELLATION, ServiceOrderState.PENDING_CANCELLATION}
)
"""States in which a cancellation is known to the network already."""


@dataclass(frozen=True)
class TmForumNetwork:
    """Implements ``ivr.ports.Network`` and ``ivr.ports.Outcomes``."""

    wire: Wire
    patience: float = PATIENCE
    sleep: Callable[[float], None] = time.sleep

    def carry_out(self, order: Order) -> NetworkAnswer:
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return set_status(self.wire, order, until)
        known = self._find(order, until) if order.tries else None
        if known is None:
            known = self._send(order, until)
        if known is None:
            return NetworkAnswer.REFUSED
        return self._await(known, until)

    def outcome(self, order: Order) -> NetworkAnswer | None:
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return None
        known = self._find(order, until)
        return answer_of(known) if known and known.state in ENDED else None

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """The cancellation is a request only: what counts is the state in which the order ends.

        A number's own status is set by no order: it is carried out.
        """
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return set_status(self.wire, order, until)
        known = self._find(order, until)
        if known is None:
            return None
        if known.state not in ENDED and known.state not in BEING_CANCELLED:
            self._ask_to_cancel(order, known, until)
            known = self._read(known, until)
        return self._await(known, until)

    def _ask_to_cancel(self, order: Order, known: ServiceOrder, until: float) -> None:
        new = NewCancellation(cancellation_reason=UNDONE, service_order=Reference(id=known.id))
        answer = self.wire.post(CANCELLATIONS, new.wire(), until)
        if answer.refused:
            log.info("an order is not cancelled", order=order.id, status=answer.status)
            return
        state = self.wire.read(Cancellation, answer).state
        log.info("an order is to be cancelled", order=order.id, state=state)

    def _find(self, order: Order, until: float) -> ServiceOrder | None:
        answer = self.wire.get(ORDERS, until, externalId=order.external_id)
        found = self.wire.read_list(ServiceOrder, answer)
        # A network that does not know the filter answers with orders of others.
        return next((each for each in found if each.external_id == order.external_id), None)

    def _send(self, order: Order, until: float) -> ServiceOrder | None:
        """Send an order that is not known there. None: it was refused."""
        body = service_order_of(order).wire()
        for left in reversed(range(SENDS)):
            try:
                answer = self.wire.post(ORDERS, body, until)
            except Lost as lost:
                known = self._find(order, until)
                if known is not None:
                    return known
                # One that may be on its way yet is not sent twice: the worker asks again, later.
                if not (left and lost.ended):
                    raise
                self.sleep(FIRST_LOOK)
                continue
            if answer.refused:
                return self._known_before(order, answer, until)
            return self.wire.read(ServiceOrder, answer)
        raise AssertionError("the last sending answers or raises")

    def _known_before(self, order: Order, answer: Answer, until: float) -> ServiceOrder | None:
        """After a refusal: 409 may mean that the external id is known there."""
        known = self._find(order, until) if answer.status == 409 else None
        if known is None:
            log.warning("an order is refused", order=order.id, status=answer.status)
        return known

    def _await(self, known: ServiceOrder, until: float) -> NetworkAnswer:
        pause = FIRST_LOOK
        while known.state not in ENDED:
            if time.monotonic() + pause + LEAST > until:
                raise self.wire.unavailable(f"the order is still {known.state}")
            self.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)
            known = self._read(known, until)
        return answer_of(known)

    def _read(self, known: ServiceOrder, until: float) -> ServiceOrder:
        """An order as it is now."""
        return self.wire.read(ServiceOrder, self.wire.get(f"{ORDERS}/{known.id}", until))


def answer_of(order: ServiceOrder) -> NetworkAnswer:
    """What an order that has ended comes to: only what is completed is done."""
    match order.state:
        case ServiceOrderState.COMPLETED:
            return NetworkAnswer.DONE
        case ServiceOrderState.CANCELLED:
            return NetworkAnswer.CANCELLED
        case _:
            return NetworkAnswer.REFUSED


def service_order_of(order: Order) -> NewServiceOrder:
    """An order in the words of TMF641: an item for each change, in their order."""
    return NewServiceOrder(
        external_id=order.external_id,
        category=CATEGORY,
        related_party=(subscriber(order.number),),
        service_order_item=tuple(
            ServiceOrderItem(
                id=str(position),
                action=action_of(change),
                service=OrderedService(
                    name=change.service,
                    state="active" if change.on else "inactive",
                    service_specification=Reference(id=change.service),
                    service_characteristic=characteristics(change.value) or None,
                    related_party=(subscriber(order.number),),
                ),
            )
            for position, change in enumerate(order.changes, 1)
        ),
    )


def action_of(change: Change) -> Action:
    """The action of an item: a service that is on and stays on is modified."""
    if not change.on:
        return Action.DELETE
    return Action.MODIFY if change.is_new_value else Action.ADD

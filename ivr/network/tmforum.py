"""Carry out orders over TMF641 service orders; set a number's own status over TMF637.

An order is sent once, with the ``externalId`` ``call:step``. An order that may have been sent
already is only searched, until its record says that it may be sent again (``Order.sent``). The
client then reads the order until it ends or ``patience`` is over. The end of an order that takes
longer is announced by an event, or found by the worker.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

import structlog

from ivr import metrics
from ivr.domain.orders import SENDABLE, NetworkAnswer, NotSettled, Order, Sent
from ivr.domain.services import Change
from ivr.errors import TemporarilyUnavailable
from ivr.network.answer import Answer
from ivr.network.failures import Lost
from ivr.network.http_client import LEAST, HttpClient
from ivr.network.inventory import is_of_number, set_status
from ivr.network.location import places, segment
from ivr.network.models import service_order
from ivr.network.models.common import Reference, characteristics, subscriber
from ivr.network.models.service_order import (
    Action,
    Cancellation,
    NewCancellation,
    NewServiceOrder,
    OrderedService,
    ServiceOrder,
    ServiceOrderItem,
    ServiceOrderState,
)
from ivr.ports.business import OrderStatusQuery
from ivr.ports.orders import Network

log = structlog.get_logger()

PATIENCE = 8.0
"""Seconds that a caller waits for the network."""
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0
"""First and longest pause in seconds between two reads of an order."""
ORDERS = f"{service_order.BASE}/serviceOrder"
CANCELLATIONS = f"{service_order.BASE}/cancelServiceOrder"
CATEGORY = "0890"
UNDONE = "undone by the subscriber"
DETAILS = 20
"""Most orders that are read one by one if a list has only references."""
BEING_CANCELLED = frozenset(
    {ServiceOrderState.ASSESSING_CANCELLATION, ServiceOrderState.PENDING_CANCELLATION}
)
"""States in which the network has a cancellation already."""


@dataclass(frozen=True)
class TmForumNetwork(Network, OrderStatusQuery):
    wire: HttpClient
    patience: float = PATIENCE
    sleep: Callable[[float], None] = time.sleep

    def carry_out(self, order: Order) -> NetworkAnswer:
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return set_status(self.wire, order, until, self.sleep)
        known = None
        if order.tries or order.sent is not Sent.NOT:
            with self._finds_out(Sent.NOT):
                known = self._find(order, until)
        if known is None and order.sent is Sent.CONFLICT:
            return NetworkAnswer.REFUSED
        if known is None and order.sent not in SENDABLE:
            raise self._not_settled("it does not know the order", Sent.MISSED)
        if known is None:
            known = self._send(order, until)
        return NetworkAnswer.REFUSED if known is None else self._await(order, known, until)

    def outcome(self, order: Order) -> NetworkAnswer | None:
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return None
        known = self._find(order, until)
        return answer_of(known) if known and known.ended else None

    def named(self, id: str) -> str | None:
        """Return the external id of the order with the network's ``id``; None: there is none."""
        until = time.monotonic() + self.patience
        answer = self.wire.get(f"{ORDERS}/{segment(id)}", until)
        return None if answer.missing else self.wire.read(ServiceOrder, answer).external_id

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """Ask for the cancellation of an order; only the order's final state counts.

        A change of the number's own status is carried out: no order in the network sets it.
        """
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return set_status(self.wire, order, until, self.sleep)
        known = self._find(order, until)
        if known is None:
            return None
        if known.ended is None and known.state not in BEING_CANCELLED:
            self._ask_to_cancel(order, known, until)
            known = self._read(order, known, until)
        return self._await(order, known, until)

    def _ask_to_cancel(self, order: Order, known: ServiceOrder, until: float) -> None:
        new = NewCancellation(cancellation_reason=UNDONE, service_order=Reference(id=known.id))
        answer = self.wire.post(CANCELLATIONS, new.wire(), until)
        if answer.refused:
            log.info("an order is not cancelled", order=order.id, status=answer.status)
            return
        state = None
        with suppress(TemporarilyUnavailable):  # only the order's final state counts
            state = self.wire.read(Cancellation, answer).state
        log.info("an order is to be cancelled", order=order.id, state=state)

    def _find(self, order: Order, until: float) -> ServiceOrder | None:
        """Find an order in the network; None: there is none.

        A network that ignores the filter also returns other orders. One that returns only
        references makes more requests necessary.
        """
        bare = []
        for each in self.wire.each(ServiceOrder, ORDERS, until, externalId=order.external_id):
            if each.external_id == order.external_id:
                return each
            # An order with items is complete: without an external id it is not ours.
            if each.external_id is None and each.id and not each.service_order_item:
                bare.append(each)
        for each in islice(bare, DETAILS):
            answer = self.wire.get(f"{ORDERS}/{segment(each.id)}", until)
            whole = ServiceOrder() if answer.missing else self.wire.read(ServiceOrder, answer)
            if whole.external_id == order.external_id:
                return whole
        if len(bare) > DETAILS:
            raise self.wire.unavailable(
                "it lists many orders without their external ids: ask its operator for the"
                " filter externalId"
            )
        return None

    def _send(self, order: Order, until: float) -> ServiceOrder | None:
        """Send an order once. None: it was refused."""
        body = service_order_of(order).wire()
        try:
            answer = self.wire.post(ORDERS, body, until)
        except Lost:
            known = None
            with suppress(TemporarilyUnavailable):
                known = self._find(order, until)
            if known is None:  # it may still arrive: the worker searches for it later
                raise
            return known
        except TemporarilyUnavailable as error:
            raise NotSettled.of(error, Sent.NOT) from error
        if answer.refused:
            return self._known_before(order, answer, until)
        if answer.status >= 300:
            raise self._not_settled(f"it answers with status {answer.status}", Sent.NOT)
        is_taken = answer.status in (201, 202) and not answer.is_page_of_web
        with self._finds_out(Sent.KNOWN if is_taken else Sent.SENT):
            return self._made(order, answer, until)

    def _made(self, order: Order, answer: Answer, until: float) -> ServiceOrder:
        """Return the order in an answer: in its body, at its Location, or by its external id."""
        with suppress(ValueError):
            made = ServiceOrder.model_validate(answer.document() or {})
            if made.id or made.ended:
                return made
        for place in places(answer.location, answer.url, self.wire.base, ORDERS):
            there = self.wire.get(place, until)
            if there.status < 300:
                return self.wire.read(ServiceOrder, there)
        known = self._find(order, until)
        if known is None:
            raise self.wire.misunderstood("id")
        return known

    def _known_before(self, order: Order, answer: Answer, until: float) -> ServiceOrder | None:
        """Search an order after a refusal, since the network may have its external id already.

        None: the order is refused. Reads may lag. So 409 counts as a refusal only if an earlier
        search missed the order; before that, raise NotSettled.
        """
        known = None
        try:
            known = self._find(order, until)
        except TemporarilyUnavailable:
            if answer.status == 409:
                raise
        if known is None and answer.status == 409 and order.sent is not Sent.MISSED:
            raise self._not_settled(
                "it reports that the order exists (409), but does not show it", Sent.CONFLICT
            )
        if known is None:
            log.warning("an order is refused", order=order.id, status=answer.status)
        return known

    def _await(self, order: Order, known: ServiceOrder, until: float) -> NetworkAnswer:
        pause = FIRST_LOOK
        with self._finds_out(Sent.KNOWN):
            while known.ended is None:
                if time.monotonic() + pause + LEAST > until:
                    if known.state is None:
                        metrics.misunderstood(self.wire.what)
                        log.warning("an order is in an unknown state", order=order.id)
                    state = known.state or "in an unknown state"
                    raise self.wire.unavailable(f"the order is still {state}")
                self.sleep(pause)
                pause = min(pause * 2, LONGEST_LOOK)
                known = self._read(order, known, until)
        return answer_of(known)

    def _read(self, order: Order, known: ServiceOrder, until: float) -> ServiceOrder:
        """Read the present state of an order; return ``known`` if lagging reads do not show it."""
        answer = self.wire.get(f"{ORDERS}/{segment(known.id)}", until) if known.id else None
        if answer is None or answer.missing:
            return self._find(order, until) or known
        read = self.wire.read(ServiceOrder, answer)
        return read if read.id else read.model_copy(update={"id": known.id})

    def _not_settled(self, detail: str, sent: Sent) -> NotSettled:
        return NotSettled(self.wire.what, detail, sent)

    @contextmanager
    def _finds_out(self, sent: Sent) -> Iterator[None]:
        """Turn TemporarilyUnavailable in the block into NotSettled with ``sent``."""
        try:
            yield
        except NotSettled:
            raise
        except TemporarilyUnavailable as error:
            raise NotSettled.of(error, sent) from error


def answer_of(order: ServiceOrder) -> NetworkAnswer:
    """Return the result of an order that has ended: only a completed order is DONE."""
    match order.ended:
        case ServiceOrderState.COMPLETED:
            return NetworkAnswer.DONE
        case ServiceOrderState.CANCELLED:
            return NetworkAnswer.CANCELLED
        case _:
            return NetworkAnswer.REFUSED


def service_order_of(order: Order) -> NewServiceOrder:
    """Return an order as TMF641 resource: one item for each change, in the same order."""
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
    """Return the action of an item: MODIFY for a service that is on and stays on."""
    if not change.on:
        return Action.DELETE
    return Action.MODIFY if change.is_new_value else Action.ADD

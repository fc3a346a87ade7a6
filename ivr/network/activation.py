"""Orders carried out over TMF640, where an operator has service activation and no ordering.

Each service is looked for first and brought into the wanted state, which is absolute: asking
twice switches once. A package, of which there may be several, is a service of its own with each
purchase, known by our external id in ``serviceOrderItem``. Where a later item is refused, the
earlier ones are put back: an order is done as a whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from ivr.care.rules import is_package
from ivr.network.inventory import is_of_number, set_status
from ivr.network.models import activation
from ivr.network.models.activation import (
    Monitor,
    MonitoredAnswer,
    NewService,
    OrderItemOfService,
    Service,
    ServiceState,
    ServiceUpdate,
)
from ivr.network.models.common import Reference, characteristics, number_of, pairs, subscriber
from ivr.network.tmforum import FIRST_LOOK, LONGEST_LOOK, PATIENCE, action_of
from ivr.network.wire import LEAST, REFUSING, Answer, Lost, Wire
from ivr.ports import Change, NetworkAnswer, Order

log = structlog.get_logger()

SERVICES = f"{activation.BASE}/service"
COMPLETED = "completed"
FAILED = frozenset({"failed", "error", "inerror", "cancelled", "rejected"})
"""Monitor states, in lower case: TMF640 leaves them open, and names InProgress as an example."""


@dataclass(frozen=True)
class ActivationNetwork:
    """Implements ``ivr.ports.Network`` and ``ivr.ports.Outcomes``."""

    wire: Wire
    patience: float = PATIENCE
    sleep: Callable[[float], None] = time.sleep

    def carry_out(self, order: Order) -> NetworkAnswer:
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return set_status(self.wire, order, until)
        for position, change in enumerate(order.changes):
            if not self._bring(order, position, change, until):
                log.warning("a service is refused", order=order.id, service=change.service)
                for earlier in range(position - 1, -1, -1):
                    self._bring(order, earlier, order.changes[earlier].opposite, until)
                return NetworkAnswer.REFUSED
        return NetworkAnswer.DONE

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """This API has no orders, so that nothing can be cancelled: it is carried out."""
        return self.carry_out(order)

    def outcome(self, order: Order) -> NetworkAnswer | None:
        """DONE once every service is as ordered; a refusal is not kept by this API."""
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return None
        for change in order.changes:
            if not _is_as(self._find(order, change, until), change):
                return None
        return NetworkAnswer.DONE

    def _bring(self, order: Order, position: int, change: Change, until: float) -> bool:
        """Bring one service into the wanted state. False: it is refused."""
        known = self._find(order, change, until)
        if _is_as(known, change):
            return True
        item = OrderItemOfService(
            service_order_id=order.external_id,
            item_id=str(position + 1),
            item_action=action_of(change),
        )
        if known is None:
            return self._create(order, change, item, until)
        body = ServiceUpdate(
            state=ServiceState.ACTIVE if change.on else ServiceState.INACTIVE,
            service_characteristic=characteristics(change.value) or None,
            service_order_item=(item,),
        ).wire()
        return self._ended(self.wire.patch(f"{SERVICES}/{known.id}", body, until), until)

    def _create(self, order: Order, change: Change, item: OrderItemOfService, until: float) -> bool:
        body = NewService(
            name=change.service,
            state=ServiceState.ACTIVE,
            service_specification=Reference(id=change.service),
            service_characteristic=characteristics(change.value) or None,
            related_party=(subscriber(order.number),),
            service_order_item=(item,),
        ).wire()
        try:
            answer = self.wire.post(SERVICES, body, until)
        except Lost:
            if _is_as(self._find(order, change, until), change):
                return True
            raise
        return self._ended(answer, until)

    def _find(self, order: Order, change: Change, until: float) -> Service | None:
        query = {"relatedParty.id": str(order.number), "serviceSpecification.id": change.service}
        is_bought = is_package(change) and change.on
        if is_bought:
            query["serviceOrderItem.serviceOrderId"] = order.external_id
        for each in self.wire.read_list(Service, self.wire.get(SERVICES, until, **query)):
            if (
                each.service_specification is not None
                and each.service_specification.id == change.service
                and number_of(each.related_party) == order.number
                and each.state is not ServiceState.TERMINATED
                and (not is_bought or _came_with(each, order))
            ):
                return each
        return None

    def _ended(self, answer: Answer, until: float) -> bool:
        """Whether it was done: 200 and 201 at once, 202 by its monitor."""
        if answer.refused:
            return False
        if answer.status != 202:
            self.wire.read(Service, answer)
            return True
        if not answer.location:
            raise self.wire.unavailable("it names no monitor")
        # The path alone: the address behind a gateway is not ours to call.
        try:
            path = urlsplit(answer.location).path
        except ValueError:
            raise self.wire.unavailable("its monitor has no address") from None
        path = path[max(path.find(activation.BASE), 0) :]
        pause = FIRST_LOOK
        while True:
            monitor = self.wire.read(Monitor, self.wire.get(path, until))
            state = (monitor.state or "").lower()
            if state == COMPLETED:
                return _succeeded(monitor.response)
            if state in FAILED:
                return False
            if time.monotonic() + pause + LEAST > until:
                raise self.wire.unavailable("the service is still being switched")
            self.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)


def _succeeded(response: MonitoredAnswer | None) -> bool:
    status = response.status_code if response else None
    return status is None or status not in {str(each) for each in REFUSING}


def _came_with(service: Service, order: Order) -> bool:
    return any(each.service_order_id == order.external_id for each in service.service_order_item)


def _is_as(known: Service | None, change: Change) -> bool:
    """Whether a service is as the change wants it."""
    if known is None or known.state is not ServiceState.ACTIVE:
        return not change.on
    if not change.on:
        return False
    have, wanted = pairs(known.service_characteristic), dict(change.value)
    gone = dict(change.before).keys() - wanted.keys()
    return all(have.get(name) == value for name, value in wanted.items()) and not gone & set(have)

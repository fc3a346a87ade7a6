"""Carry out orders over TMF640, for operators with service activation but no ordering.

Each service is searched first and then set to the wanted state. The state is absolute, so a
repeated request changes nothing. Each purchase of a package is a service of its own, identified by
our external id in ``serviceOrderItem``. A new service is sent once, like an order (``Order.sent``).
If a later item is refused, the earlier items are reverted: an order is done as a whole or not at
all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from ivr.care.rules import is_package
from ivr.domain.orders import SENDABLE, NetworkAnswer, NotSettled, Order, Sent
from ivr.domain.services import Change
from ivr.errors import TemporarilyUnavailable
from ivr.network.answer import Answer
from ivr.network.failures import Lost
from ivr.network.http_client import LEAST, HttpClient
from ivr.network.inventory import is_of_number, set_status
from ivr.network.location import segment
from ivr.network.models import activation
from ivr.network.models.activation import (
    NewService,
    OrderItemOfService,
    ServiceResource,
    ServiceState,
    ServiceUpdate,
)
from ivr.network.models.common import (
    Reference,
    characteristics,
    is_number,
    number_of,
    pairs,
    subscriber,
)
from ivr.network.monitor import Ended, followed
from ivr.network.tmforum import FIRST_LOOK, LONGEST_LOOK, PATIENCE, action_of
from ivr.ports.business import OrderStatusQuery
from ivr.ports.orders import Network

log = structlog.get_logger()

SERVICES = f"{activation.BASE}/service"
OFF = frozenset(ServiceState) - {ServiceState.ACTIVE}


@dataclass
class _Try:
    """One try to carry out an order: its time limit and its results so far."""

    order: Order
    until: float
    has_sent: bool = False
    made: dict[int, ServiceResource] = field(default_factory=dict)
    """New services by item position. The API may not return them yet: its reads may lag."""


@dataclass(frozen=True)
class ActivationNetwork(Network, OrderStatusQuery):
    wire: HttpClient
    patience: float = PATIENCE
    sleep: Callable[[float], None] = time.sleep

    def carry_out(self, order: Order) -> NetworkAnswer:
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return set_status(self.wire, order, until, self.sleep)
        this = _Try(order, until)
        try:
            return self._carry_out(this)
        except (Lost, NotSettled):
            raise
        except TemporarilyUnavailable as error:
            if this.has_sent:
                raise
            raise NotSettled.of(error, Sent.NOT) from error

    def _carry_out(self, this: _Try) -> NetworkAnswer:
        order = this.order
        for position, change in enumerate(order.changes):
            if not self._bring(this, position, change):
                log.warning("a service is refused", order=order.id, service=change.service)
                for earlier in range(position - 1, -1, -1):
                    self._bring(this, earlier, order.changes[earlier].opposite, is_back=True)
                return NetworkAnswer.REFUSED
        return NetworkAnswer.DONE

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """Finish an order that has begun: this API has no orders and so no cancellation.

        None: no service of the order exists, so nothing is carried out.
        """
        until = time.monotonic() + self.patience
        if not is_of_number(order) and not any(
            _is_as(self._find(order, change, until), change) for change in order.changes
        ):
            return None
        return self.carry_out(order)

    def outcome(self, order: Order) -> NetworkAnswer | None:
        """Return DONE if every service is as ordered, else None: this API stores no refusals."""
        until = time.monotonic() + self.patience
        if is_of_number(order):
            return None
        for change in order.changes:
            if not _is_as(self._find(order, change, until), change):
                return None
        return NetworkAnswer.DONE

    def named(self, _id: str) -> str | None:
        """Return None: this API has no orders."""
        return None

    def _bring(self, this: _Try, position: int, change: Change, *, is_back: bool = False) -> bool:
        """Set one service to the wanted state. False: the network refuses."""
        order, until = this.order, this.until
        known = this.made.get(position) or self._find(order, change, until)
        # A service that was just switched on exists, even if lagging reads do not show it yet.
        is_there = is_back or (order.undoes is not None and order.sent is not Sent.MISSED)
        if known is None and not change.on and is_there:
            raise NotSettled(self.wire.what, "it does not know the service", Sent.MISSED)
        if _is_as(known, change):
            return True
        item = OrderItemOfService(
            service_order_id=order.external_id,
            item_id=str(position + 1),
            item_action=action_of(change),
        )
        if known is None:
            return self._create(this, position, change, item)
        body = ServiceUpdate(
            state=ServiceState.ACTIVE if change.on else ServiceState.INACTIVE,
            service_characteristic=characteristics(change.value) or None,
            service_order_item=(item,),
        ).wire()
        answer = self.wire.patch(f"{SERVICES}/{segment(known.id)}", body, until)
        return self._ended(this, position, change, answer)

    def _create(self, this: _Try, position: int, change: Change, item: OrderItemOfService) -> bool:
        if this.order.sent not in SENDABLE:
            if this.order.sent is Sent.CONFLICT:
                return False
            raise NotSettled(self.wire.what, "it does not know the service", Sent.MISSED)
        body = NewService(
            name=change.service,
            state=ServiceState.ACTIVE,
            service_specification=Reference(id=change.service),
            service_characteristic=characteristics(change.value) or None,
            related_party=(subscriber(this.order.number),),
            service_order_item=(item,),
        ).wire()
        try:
            answer = self.wire.post(SERVICES, body, this.until)
        except Lost:
            with suppress(TemporarilyUnavailable):
                if _is_as(self._find(this.order, change, this.until), change):
                    return True
            raise
        this.has_sent |= answer.status < 300
        if answer.status == 409:
            return self._is_there(this, change)
        return self._ended(this, position, change, answer)

    def _is_there(self, this: _Try, change: Change) -> bool:
        """Tell whether 409 means that the service exists already.

        Reads may lag. So 409 counts as a refusal only if an earlier search missed the service;
        before that, raise NotSettled.
        """
        if _is_as(self._find(this.order, change, this.until), change):
            return True
        if this.order.sent is not Sent.MISSED:
            raise NotSettled(
                self.wire.what,
                "it reports that the service exists (409), but does not show it",
                Sent.CONFLICT,
            )
        return False

    def _find(self, order: Order, change: Change, until: float) -> ServiceResource | None:
        query = {"relatedParty.id": str(order.number), "serviceSpecification.id": change.service}
        is_bought = is_package(change) and change.on
        if is_bought:
            query["serviceOrderItem.serviceOrderId"] = order.external_id
        for each in self.wire.each(ServiceResource, SERVICES, until, **query):
            if (
                each.id
                and each.service_specification is not None
                and each.service_specification.id == change.service
                and is_number(number_of(each.related_party), order.number)
                and each.state is not ServiceState.TERMINATED
                and (not is_bought or _came_with(each, order))
            ):
                return each
        return None

    def _ended(self, this: _Try, position: int, change: Change, answer: Answer) -> bool:
        """Tell from the answer, its monitor or the service itself whether the change was made."""
        if answer.refused:
            return False
        if answer.status == 202:
            ended = followed(self.wire, answer, this.until, self.sleep)
            if ended.is_refused:
                return False
        elif answer.status < 300:
            ended = Ended.of(answer)
        else:
            raise self.wire.unavailable(f"it answers with status {answer.status}")
        service, pause = ended.service, FIRST_LOOK
        while True:
            if service is not None and service.id:
                this.made[position] = service
            if service is None and ended.is_done:
                return True
            if service is not None and service.state is not None:
                if change.on and service.state is ServiceState.TERMINATED:
                    return False
                if (service.state is ServiceState.ACTIVE) is change.on:
                    return True
            if time.monotonic() + pause + LEAST > this.until:
                state = (service.state if service else None) or "being switched"
                raise self.wire.unavailable(f"the service is still {state}")
            self.sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)
            service = self._seen(this, position, change)

    def _seen(self, this: _Try, position: int, change: Change) -> ServiceResource | None:
        """Read the present service; None: the API does not show it yet."""
        made = this.made.get(position)
        if made is None:
            return self._find(this.order, change, this.until)
        answer = self.wire.get(f"{SERVICES}/{segment(made.id)}", this.until)
        if answer.missing:
            return self._find(this.order, change, this.until)
        return self.wire.read(ServiceResource, answer)


def _came_with(service: ServiceResource, order: Order) -> bool:
    return any(each.service_order_id == order.external_id for each in service.service_order_item)


def _is_as(known: ServiceResource | None, change: Change) -> bool:
    """Tell whether a service is as the change wants it.

    False for a service in an unknown state.
    """
    if not change.on:
        return known is None or known.state in OFF
    if known is None or known.state is not ServiceState.ACTIVE:
        return False
    have, wanted = pairs(known.service_characteristic), dict(change.value)
    gone = dict(change.before).keys() - wanted.keys()
    return all(have.get(name) == value for name, value in wanted.items()) and not gone & set(have)

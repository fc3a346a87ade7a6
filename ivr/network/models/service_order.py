"""TMF641 Service Ordering v4: orders, their cancellation, the event of a changed state."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from ivr.network.models.common import Characteristic, Party, Reference, Resource

BASE = "/tmf-api/serviceOrdering/v4"
STATE_CHANGE = "ServiceOrderStateChangeEvent"


class ServiceOrderState(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"


ENDED = frozenset(
    {
        ServiceOrderState.REJECTED,
        ServiceOrderState.CANCELLED,
        ServiceOrderState.COMPLETED,
        ServiceOrderState.FAILED,
        ServiceOrderState.PARTIAL,
    }
)
"""States that an order does not leave any more."""


class Action(StrEnum):
    """OrderItemActionType."""

    ADD = "add"
    MODIFY = "modify"
    DELETE = "delete"
    NO_CHANGE = "noChange"


class OrderedService(Resource):
    """ServiceRefOrValue: which service, and its characteristics."""

    id: str | None = None
    name: str | None = None
    state: str | None = None
    service_specification: Reference | None = None
    service_characteristic: tuple[Characteristic, ...] | None = None
    related_party: tuple[Party, ...] | None = None


class ServiceOrderItem(Resource):
    id: str
    action: Action
    service: OrderedService
    state: ServiceOrderState | None = None


class NewServiceOrder(Resource):
    """ServiceOrder_Create: what is sent. ``external_id`` is the order's idempotency key."""

    external_id: str | None = None
    category: str | None = None
    description: str | None = None
    related_party: tuple[Party, ...] | None = None
    service_order_item: tuple[ServiceOrderItem, ...]


class ServiceOrder(Resource):
    """What the network keeps of an order."""

    id: str
    href: str | None = None
    external_id: str | None = None
    category: str | None = None
    description: str | None = None
    state: ServiceOrderState | None = None
    order_date: datetime | None = None
    completion_date: datetime | None = None
    cancellation_date: datetime | None = None
    cancellation_reason: str | None = None
    related_party: tuple[Party, ...] = ()
    service_order_item: tuple[ServiceOrderItem, ...] = ()


class NewCancellation(Resource):
    """CancelServiceOrder_Create."""

    cancellation_reason: str | None = None
    service_order: Reference


class Cancellation(Resource):
    """CancelServiceOrder; ``state`` is a TaskStateType: accepted, inProgress, done …"""

    id: str
    href: str | None = None
    cancellation_reason: str | None = None
    service_order: Reference | None = None
    state: str | None = None


class ChangedOrder(Resource):
    service_order: ServiceOrder


class StateChange(Resource):
    """ServiceOrderStateChangeEvent."""

    event_id: str = ""
    event_time: datetime | None = None
    event_type: str = STATE_CHANGE
    event: ChangedOrder

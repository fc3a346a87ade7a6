"""TMF641 Service Ordering v4: orders, their cancellation, the event of a changed state."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ivr.network.models.common import Characteristic, NamedParty, Party, Reference, Resource
from ivr.network.models.tolerant import Day, Many, Maybe, Text, Word, word_reader

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
"""Final states of an order."""


State = Annotated[
    ServiceOrderState | None,
    word_reader(
        ServiceOrderState,
        {
            **dict.fromkeys(
                ("complete", "done", "finished", "fulfilled", "success", "successful", "succeeded"),
                ServiceOrderState.COMPLETED,
            ),
            **dict.fromkeys(
                ("failure", "error", "inerror", "aborted", "unsuccessful", "terminatedwitherror"),
                ServiceOrderState.FAILED,
            ),
            **dict.fromkeys(("refused", "denied", "declined"), ServiceOrderState.REJECTED),
            "canceled": ServiceOrderState.CANCELLED,
            "partiallycompleted": ServiceOrderState.PARTIAL,
        },
    ),
]
"""A state in any spelling. None: missing, or a state of the network's own, which is not final."""


UNDONE = ENDED - {ServiceOrderState.COMPLETED}


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
    related_party: tuple[NamedParty, ...] | None = None


class ServiceOrderItem(Resource):
    id: str
    action: Action
    service: OrderedService
    state: ServiceOrderState | None = None


class NewServiceOrder(Resource):
    """ServiceOrder_Create: a new order. ``external_id`` is the order's idempotency key."""

    external_id: str | None = None
    category: str | None = None
    description: str | None = None
    related_party: tuple[NamedParty, ...] | None = None
    service_order_item: tuple[ServiceOrderItem, ...]


class CarriedItem(Resource):
    """ServiceOrderItem in the network's answer."""

    id: Text = ""
    action: Maybe[Action] = None
    service: Maybe[OrderedService] = None
    state: State = None


class ServiceOrder(Resource):
    """ServiceOrder in the network's answer."""

    id: Text = ""
    href: Word = None
    external_id: Word = None
    category: Word = None
    description: Word = None
    state: State = None
    order_date: Day = None
    completion_date: Day = None
    cancellation_date: Day = None
    cancellation_reason: Word = None
    related_party: Many[Party] = ()
    service_order_item: Many[CarriedItem] = ()

    @property
    def ended(self) -> ServiceOrderState | None:
        """The final state; None: the order has not ended.

        A completed order with an item that was not carried out counts as partial.
        """
        if self.state is ServiceOrderState.COMPLETED:
            items = {item.state for item in self.service_order_item}
            return ServiceOrderState.PARTIAL if items & UNDONE else self.state
        return self.state if self.state in ENDED else None


class NewCancellation(Resource):
    """CancelServiceOrder_Create."""

    cancellation_reason: str | None = None
    service_order: Reference


class Cancellation(Resource):
    """CancelServiceOrder; ``state`` is a TaskStateType: accepted, inProgress, done …"""

    id: Text = ""
    href: Word = None
    cancellation_reason: Word = None
    service_order: Maybe[Reference] = None
    state: Word = None


class ChangedOrder(Resource):
    service_order: ServiceOrder


class StateChange(Resource):
    """ServiceOrderStateChangeEvent."""

    event_id: Text = ""
    event_time: Day = None
    event_type: str = STATE_CHANGE
    event: ChangedOrder

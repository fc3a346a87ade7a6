"""TMF640 Service Activation and Configuration v4: services, and monitors of long requests."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ivr.network.models.common import Characteristic, NamedParty, Party, Reference, Resource
from ivr.network.models.tolerant import Many, Maybe, Text, Word, word_reader

BASE = "/tmf-api/ServiceActivationAndConfiguration/v4"


class ServiceState(StrEnum):
    FEASIBILITY_CHECKED = "feasibilityChecked"
    DESIGNED = "designed"
    RESERVED = "reserved"
    INACTIVE = "inactive"
    ACTIVE = "active"
    TERMINATED = "terminated"


State = Annotated[ServiceState | None, word_reader(ServiceState, {})]
"""None: missing, or a state of the network's own, which is neither on nor off."""


class OrderItemOfService(Resource):
    """RelatedServiceOrderItem: the order that created a service, by our external id."""

    service_order_id: str
    item_id: str
    item_action: str | None = None
    role: str | None = None


class NewService(Resource):
    """Service_Create."""

    name: str | None = None
    state: ServiceState
    service_specification: Reference
    service_characteristic: tuple[Characteristic, ...] | None = None
    related_party: tuple[NamedParty, ...] | None = None
    service_order_item: tuple[OrderItemOfService, ...] | None = None


class ServiceUpdate(Resource):
    """Service_Update: the body of a PATCH."""

    state: ServiceState | None = None
    service_characteristic: tuple[Characteristic, ...] | None = None
    service_order_item: tuple[OrderItemOfService, ...] | None = None


class ServiceResource(Resource):
    id: Text = ""
    href: Word = None
    name: Word = None
    state: State = None
    service_specification: Maybe[Reference] = None
    service_characteristic: Many[Characteristic] = ()
    related_party: Many[Party] = ()
    service_order_item: Many[OrderItemOfService] = ()


class HeaderItem(Resource):
    name: str | None = None
    value: str | None = None


class MonitoredAnswer(Resource):
    """Response: the final answer to a POST that was first answered with 202."""

    status_code: Word = None
    body: Word = None
    header: Many[HeaderItem] = ()


class Monitor(Resource):
    """The progress of a request that was answered 202. ``state``: InProgress, then Completed …"""

    id: Text = ""
    href: Word = None
    source_href: Word = None
    state: Word = None
    response: Maybe[MonitoredAnswer] = None

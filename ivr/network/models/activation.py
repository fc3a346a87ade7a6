"""TMF640 Service Activation and Configuration v4: services, and monitors of what takes longer."""

from __future__ import annotations

from enum import StrEnum

from ivr.network.models.common import Characteristic, Party, Reference, Resource

BASE = "/tmf-api/ServiceActivationAndConfiguration/v4"


class ServiceState(StrEnum):
    FEASIBILITY_CHECKED = "feasibilityChecked"
    DESIGNED = "designed"
    RESERVED = "reserved"
    INACTIVE = "inactive"
    ACTIVE = "active"
    TERMINATED = "terminated"


class OrderItemOfService(Resource):
    """RelatedServiceOrderItem: the order that a service came with, our external id."""

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
    related_party: tuple[Party, ...] | None = None
    service_order_item: tuple[OrderItemOfService, ...] | None = None


class ServiceUpdate(Resource):
    """Service_Update: what is patched."""

    state: ServiceState | None = None
    service_characteristic: tuple[Characteristic, ...] | None = None
    service_order_item: tuple[OrderItemOfService, ...] | None = None


class Service(Resource):
    id: str
    href: str | None = None
    name: str | None = None
    state: ServiceState | None = None
    service_specification: Reference | None = None
    service_characteristic: tuple[Characteristic, ...] = ()
    related_party: tuple[Party, ...] = ()
    service_order_item: tuple[OrderItemOfService, ...] = ()


class HeaderItem(Resource):
    name: str | None = None
    value: str | None = None


class MonitoredAnswer(Resource):
    """Response: what the POST would have been answered, had it not taken longer."""

    status_code: str | None = None
    body: str = ""
    header: tuple[HeaderItem, ...] = ()


class Monitor(Resource):
    """How far a request is that was answered 202. ``state``: InProgress, then Completed …"""

    id: str
    href: str | None = None
    source_href: str | None = None
    state: str | None = None
    response: MonitoredAnswer | None = None

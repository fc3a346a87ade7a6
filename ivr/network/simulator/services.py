"""TMF640 and TMF637 of the simulated network: services that are switched, numbers suspended."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from ivr.network.models import activation, product
from ivr.network.models.activation import (
    HeaderItem,
    Monitor,
    MonitoredAnswer,
    NewService,
    Service,
    ServiceState,
    ServiceUpdate,
)
from ivr.network.models.common import Reference, characteristics, number_of, pairs, subscriber
from ivr.network.models.product import Product, ProductStatus, ProductUpdate
from ivr.network.simulator.world import World
from ivr.ports import SUSPENSION, Status
from ivr.values import Msisdn, ServiceId

JSON = (HeaderItem(name="Content-Type", value="application/json"),)
NUMBERS = {
    None: ProductStatus.ACTIVE,
    Status.ACTIVE: ProductStatus.ACTIVE,
    Status.BLOCKED: ProductStatus.ACTIVE,
    Status.INACTIVE: ProductStatus.SUSPENDED,
    Status.SUSPENDED: ProductStatus.SUSPENDED,
    Status.TERMINATED: ProductStatus.TERMINATED,
}
"""What a number is in the inventory before anybody changes it."""


def activation_routes(world: World) -> APIRouter:
    """The paths below ``ServiceActivationAndConfiguration``."""
    router = APIRouter(prefix=activation.BASE)
    monitors: dict[str, tuple[float, bool]] = {}

    def shown(number: str, service: str) -> Service:
        is_on = world.state.switched(Msisdn(number)).get(ServiceId(service), False)
        id = f"{number}-{service}"
        return Service(
            id=id,
            href=f"{activation.BASE}/service/{id}",
            name=service,
            state=ServiceState.ACTIVE if is_on else ServiceState.INACTIVE,
            service_specification=Reference(id=service),
            service_characteristic=characteristics(
                world.state.particulars(Msisdn(number), ServiceId(service)).items()
            ),
            related_party=(subscriber(number),),
            service_order_item=world.state.items(number, service),
        )

    @router.get("/service")
    async def find(
        number: Annotated[str, Query(alias="relatedParty.id")],
        specification: Annotated[str | None, Query(alias="serviceSpecification.id")] = None,
        order: Annotated[str | None, Query(alias="serviceOrderItem.serviceOrderId")] = None,
    ) -> list[dict[str, Any]]:
        found = [
            shown(number, service)
            for service in world.state.switched(Msisdn(number))
            if specification in (None, service)
        ]
        return [
            each.wire()
            for each in found
            if order is None or order in (item.service_order_id for item in each.service_order_item)
        ]

    @router.post("/service", status_code=201)
    async def create(new: NewService, response: Response) -> dict[str, Any] | None:
        mood = world.mood
        number, service = number_of(new.related_party or ()), new.service_specification.id
        is_refused = service in mood.refuses
        if not is_refused:
            item = new.service_order_item[0] if new.service_order_item else None
            world.state.activate(number, service, pairs(new.service_characteristic or ()), item)
        if mood.monitors:
            id = str(uuid.uuid4())
            monitors[id] = time.monotonic() + mood.completes_after, is_refused
            response.status_code = 202
            response.headers["Location"] = f"{activation.BASE}/monitor/{id}"
            return None
        await asyncio.sleep(mood.latency)
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        if is_refused:
            raise HTTPException(422, "the service is not possible for this subscriber")
        return shown(number, service).wire()

    @router.patch("/service/{id}")
    async def update(id: str, new: ServiceUpdate) -> dict[str, Any]:
        number, _, service = id.partition("-")
        if ServiceId(service) not in world.state.switched(Msisdn(number)):
            raise HTTPException(404, "no such service")
        await asyncio.sleep(world.mood.latency)
        if service in world.mood.refuses:
            raise HTTPException(422, "the service is not possible for this subscriber")
        is_on = new.state is not ServiceState.INACTIVE
        world.state.switch(number, service, is_on, pairs(new.service_characteristic or ()))
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return shown(number, service).wire()

    @router.get("/monitor/{id}")
    async def monitor(id: str) -> dict[str, Any]:
        if id not in monitors:
            raise HTTPException(404, "no such monitor")
        ends, is_refused = monitors[id]
        if time.monotonic() < ends:
            return Monitor(id=id, state="InProgress").wire()
        status = "422" if is_refused else "201"
        return Monitor(
            id=id, state="Completed", response=MonitoredAnswer(status_code=status, header=JSON)
        ).wire()

    return router


def inventory_routes(world: World) -> APIRouter:
    """The paths below ``productInventory``: a number's contract has the number as its id."""
    router = APIRouter(prefix=product.BASE)

    def shown(number: str) -> Product:
        suspended = world.state.switched(Msisdn(number)).get(SUSPENSION)
        status = NUMBERS[world.books.status(Msisdn(number))]
        if suspended is not None:
            status = ProductStatus.SUSPENDED if suspended else ProductStatus.ACTIVE
        return Product(
            id=number,
            href=f"{product.BASE}/product/{number}",
            name="mobile number",
            product_serial_number=number,
            related_party=(subscriber(number),),
            status=status,
        )

    @router.get("/product")
    async def find(productSerialNumber: str) -> list[dict[str, Any]]:
        return [shown(productSerialNumber).wire()]

    @router.get("/product/{id}")
    async def read(id: str) -> dict[str, Any]:
        return shown(id).wire()

    @router.patch("/product/{id}")
    async def update(id: str, new: ProductUpdate) -> dict[str, Any]:
        await asyncio.sleep(world.mood.latency)
        if SUSPENSION in world.mood.refuses:
            raise HTTPException(422, "the status of this number cannot be changed")
        if shown(id).status is not new.status:
            world.state.switch(id, SUSPENSION, new.status is ProductStatus.SUSPENDED)
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return shown(id).wire()

    return router

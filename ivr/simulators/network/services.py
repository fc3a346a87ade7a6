"""TMF640 and TMF637 of the simulated network: switching services, suspending numbers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from ivr.domain.services import SUSPENSION
from ivr.domain.subscriber import Status
from ivr.domain.values import Msisdn, ServiceId
from ivr.network.models import activation, product
from ivr.network.models.activation import (
    HeaderItem,
    Monitor,
    MonitoredAnswer,
    NewService,
    ServiceResource,
    ServiceState,
    ServiceUpdate,
)
from ivr.network.models.common import Reference, characteristics, number_of, pairs, subscriber
from ivr.network.models.product import Product, ProductStatus, ProductUpdate
from ivr.simulators.network.answering import address
from ivr.simulators.network.data import SimulatorState
from ivr.simulators.network.habit import Habit

SERVICES = f"{activation.BASE}/service"
MONITORS = f"{activation.BASE}/monitor"
JSON = (HeaderItem(name="Content-Type", value="application/json"),)
NUMBERS = {
    None: ProductStatus.ACTIVE,
    Status.ACTIVE: ProductStatus.ACTIVE,
    Status.BLOCKED: ProductStatus.ACTIVE,
    Status.INACTIVE: ProductStatus.SUSPENDED,
    Status.SUSPENDED: ProductStatus.SUSPENDED,
    Status.TERMINATED: ProductStatus.TERMINATED,
}
"""Statuses of numbers in the inventory before any change."""


NEW = {
    Habit.RESERVED: ServiceState.RESERVED,
    Habit.TERMINATED: ServiceState.TERMINATED,
    Habit.INACTIVE: ServiceState.INACTIVE,
}
"""States of new services in a network that does not activate them immediately."""
STRANGER = "99360000001"
"""Another subscriber, whose services, contract and bills are in unfiltered lists."""


def activation_routes(world: SimulatorState) -> APIRouter:
    """Return the routes below ``ServiceActivationAndConfiguration``."""
    router = APIRouter(prefix=activation.BASE)
    monitors: dict[str, tuple[float, str, bool]] = {}

    def shown(number: str, service: str) -> ServiceResource:
        is_on = world.state.switched(Msisdn(number)).get(ServiceId(service), False)
        id = f"{number}-{service}"
        return ServiceResource(
            id=id,
            href=address(SERVICES, id),
            name=service,
            state=world.kept.get(id, ServiceState.ACTIVE if is_on else ServiceState.INACTIVE),
            service_specification=Reference(id=service),
            service_characteristic=characteristics(
                world.state.particulars(Msisdn(number), ServiceId(service)).items()
            ),
            related_party=(subscriber(number),),
            service_order_item=world.state.items(number, service),
        )

    def services() -> list[tuple[str, str]]:
        """Return number and name of all services that reads show."""
        kept = [(n, s) for n, _, s in (id.partition("-") for id in world.kept)]
        known = dict.fromkeys(
            [(STRANGER, "gprs"), (STRANGER, "sms-package"), *world.state.services(), *kept]
        )
        return [each for each in known if world.is_seen("-".join(each))]

    def switch_on(new: NewService) -> None:
        number, service = number_of(new.related_party or ()), new.service_specification.id
        item = new.service_order_item[0] if new.service_order_item else None
        given = pairs(new.service_characteristic or ())
        doubles = world.has(Habit.DOUBLES)
        if f"{number}-{service}" not in {"-".join(each) for each in services()}:
            world.appears(f"{number}-{service}")
        world.state.activate(number, service, given, item, doubles=doubles)
        world.kept.pop(f"{number}-{service}", None)

    @router.get("/service")
    async def find(
        number: Annotated[str | None, Query(alias="relatedParty.id")] = None,
        specification: Annotated[str | None, Query(alias="serviceSpecification.id")] = None,
        order: Annotated[str | None, Query(alias="serviceOrderItem.serviceOrderId")] = None,
    ) -> list[dict[str, Any]]:
        if world.has(Habit.UNFILTERED):
            number = specification = order = None
        found = [
            shown(owner, service)
            for owner, service in services()
            if number in (None, owner) and specification in (None, service)
        ]
        return [
            each.wire()
            for each in found
            if order is None or order in (item.service_order_id for item in each.service_order_item)
        ]

    @router.get("/service/{id:path}")
    async def read(id: str) -> dict[str, Any]:
        number, _, service = id.removeprefix("+").partition("-")
        if (number, service) not in services():
            raise HTTPException(404, "no such service")
        return shown(number, service).wire()

    @router.post("/service", status_code=201)
    async def create(new: NewService, response: Response) -> dict[str, Any] | None:
        mood = world.mood
        number, service = number_of(new.related_party or ()), new.service_specification.id
        is_refused = service in mood.refuses
        if world.has(Habit.GATEWAY):
            world.later(mood.writes_after, lambda: switch_on(new))
            raise HTTPException(504, "the backend has not answered in time")
        slow = next((state for habit, state in NEW.items() if world.has(habit)), None)
        if slow is not None:
            world.kept[f"{number}-{service}"] = slow
            if slow is ServiceState.INACTIVE:
                world.later(mood.completes_after, lambda: switch_on(new))
        elif not is_refused:
            switch_on(new)
        if mood.monitors:
            id = world.fresh_id()
            monitors[id] = (
                time.monotonic() + mood.completes_after,
                f"{number}-{service}",
                is_refused,
            )
            response.status_code = 202
            response.headers["Location"] = address(MONITORS, id)
            if world.has(Habit.MONITOR_IN_BODY):
                del response.headers["Location"]
                return Monitor(id=id, state="InProgress").wire()
            return None
        await asyncio.sleep(mood.latency)
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        if is_refused:
            raise HTTPException(400, "the service is not possible for this subscriber")
        return shown(number, service).wire()

    @router.patch("/service/{id:path}")
    async def update(id: str, new: ServiceUpdate) -> dict[str, Any]:
        number, _, service = id.removeprefix("+").partition("-")
        if (number, service) not in services() or number == STRANGER:
            raise HTTPException(404, "no such service")
        await asyncio.sleep(world.mood.latency)
        if service in world.mood.refuses:
            raise HTTPException(400, "the service is not possible for this subscriber")
        if id.removeprefix("+") in world.kept:
            return shown(number, service).wire()  # not active yet
        is_on = new.state is not ServiceState.INACTIVE
        world.state.switch(number, service, is_on, pairs(new.service_characteristic or ()))
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return shown(number, service).wire()

    @router.get("/monitor/{id:path}")
    async def monitor(id: str, response: Response) -> dict[str, Any] | None:
        if id not in monitors:
            raise HTTPException(404, "no such monitor")
        ends, service, is_refused = monitors[id]
        if time.monotonic() < ends:
            return Monitor(id=id, state="InProgress").wire()
        if world.has(Habit.MONITOR_FORGOTTEN):
            raise HTTPException(404, "no such monitor")
        if world.has(Habit.MONITOR_SEE_OTHER) and not is_refused:
            response.status_code = 303
            response.headers["Location"] = address(SERVICES, service)
            return None
        status = "400" if is_refused else "201"
        ended = Monitor(
            id=id, state="Completed", response=MonitoredAnswer(status_code=status, header=JSON)
        ).wire()
        if world.has(Habit.MONITOR_NUMBER):
            ended["response"]["statusCode"] = int(status)
        if world.has(Habit.MONITOR_CAPITALS):
            ended["state"] = "COMPLETED"
        return ended

    return router


def inventory_routes(world: SimulatorState) -> APIRouter:
    """Return the routes below ``productInventory``. The id of a contract is its number."""
    router = APIRouter(prefix=product.BASE)

    def shown(number: str) -> Product:
        suspended = world.state.switched(Msisdn(number)).get(SUSPENSION)
        status = NUMBERS[world.books.status(Msisdn(number))]
        if suspended is not None:
            status = ProductStatus.SUSPENDED if suspended else ProductStatus.ACTIVE
        return contract(number, number, status, 2024)

    def contracts(number: str) -> list[Product]:
        """Return all contracts that the number ever had, the present one last."""
        found = []
        if world.has(Habit.EARLIER_OWNER):
            ended = (ProductStatus.TERMINATED, ProductStatus.CANCELLED, ProductStatus.ABORTED)
            found += [
                contract(f"{number}-{at}", number, each, 2025) for at, each in enumerate(ended)
            ]
        for habit, year in ((Habit.TWO_CONTRACTS, 2020), (Habit.SAME_DAY, 2024)):
            if world.has(habit):
                found.append(contract(f"{number}-old", number, ProductStatus.ACTIVE, year))
        return [*found, shown(number)]

    @router.get("/product")
    async def find(productSerialNumber: str | None = None) -> list[dict[str, Any]]:
        everybody = [STRANGER, *world.state.numbers()]
        if productSerialNumber is None or world.has(Habit.UNFILTERED):
            asked = dict.fromkeys([*everybody, *filter(None, [productSerialNumber])])
        else:
            asked = {productSerialNumber: None}
        return [each.wire() for number in asked for each in contracts(number)]

    @router.get("/product/{id:path}")
    async def read(id: str) -> dict[str, Any]:
        return shown(id.removeprefix("+")).wire()

    @router.patch("/product/{id:path}")
    async def update(id: str, new: ProductUpdate) -> dict[str, Any]:
        number = id.removeprefix("+")
        await asyncio.sleep(world.mood.latency)
        if SUSPENSION in world.mood.refuses:
            raise HTTPException(400, "the status of this number cannot be changed")
        if not number.isdecimal():
            raise HTTPException(409, "this contract has ended")
        if shown(number).status is not new.status:
            world.state.switch(number, SUSPENSION, new.status is ProductStatus.SUSPENDED)
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return shown(number).wire()

    return router


def contract(id: str, number: str, status: ProductStatus, year: int) -> Product:
    """Return a contract of a number."""
    return Product(
        id=id,
        href=address(f"{product.BASE}/product", id),
        name="mobile number",
        product_serial_number=number,
        related_party=(subscriber(number),),
        start_date=datetime(year, 5, 1, tzinfo=UTC),
        status=status,
    )

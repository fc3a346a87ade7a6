"""TMF641 of the simulated network: orders, their cancellation, listeners to events."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import APIRouter, HTTPException, Response

from ivr.network.models.common import Subscription
from ivr.network.models.service_order import (
    BASE,
    ENDED,
    Cancellation,
    NewCancellation,
    NewServiceOrder,
    ServiceOrder,
    ServiceOrderState,
)
from ivr.simulators.network.answering import address
from ivr.simulators.network.data import SimulatorState
from ivr.simulators.network.habit import Habit

ORDERS = f"{BASE}/serviceOrder"


def routes(world: SimulatorState) -> APIRouter:
    """Return the routes below ``serviceOrdering``."""
    router = APIRouter(prefix=BASE)

    def shown(order: ServiceOrder) -> dict[str, Any]:
        return order.model_copy(update={"href": address(ORDERS, order.id)}).wire()

    @router.post("/serviceOrder", status_code=201)
    async def create(new: NewServiceOrder) -> dict[str, Any]:
        mood = world.mood
        asked = {
            item.service.service_specification.id
            for item in new.service_order_item
            if item.service.service_specification
        }
        if mood.refuses_at_once and not asked.isdisjoint(mood.refuses):
            raise HTTPException(400, "the service is not possible for this subscriber")
        if world.has(Habit.GATEWAY):
            world.later(mood.writes_after, lambda: world.take(new, mood.completes_after))
            raise HTTPException(504, "the backend has not answered in time")
        order, is_new = world.take(new, mood.latency + mood.completes_after)
        if not is_new and world.has(Habit.CONFLICT):
            raise HTTPException(409, "there is such an order")
        if is_new:
            await asyncio.sleep(mood.latency)
            if not mood.completes_after:
                order = world.end(order.id) or order
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return shown(order)

    @router.get("/serviceOrder")
    async def find(externalId: str | None = None) -> list[dict[str, Any]]:
        found = world.state.orders(None if world.has(Habit.UNFILTERED) else externalId)
        return [shown(order) for order in found if world.is_seen(order.id)]

    @router.get("/serviceOrder/{id:path}")
    async def read(id: str) -> dict[str, Any]:
        order = world.state.order(id)
        if order is None or not world.is_seen(order.id):
            raise HTTPException(404, "no such order")
        return shown(order)

    @router.post("/cancelServiceOrder", status_code=201)
    async def cancel(new: NewCancellation) -> dict[str, Any]:
        order = world.state.order(new.service_order.id)
        if order is None:
            raise HTTPException(400, "no such order")
        if order.state not in ENDED and not world.mood.too_late:
            order = world.enter(order.id, ServiceOrderState.CANCELLED)
        done = order is not None and order.state is ServiceOrderState.CANCELLED
        if world.loses_answer():
            raise HTTPException(504, "the answer is lost")
        return Cancellation(
            id=str(uuid.uuid4()),
            cancellation_reason=new.cancellation_reason,
            service_order=new.service_order,
            state="done" if done else "terminatedWithError",
        ).wire()

    @router.post("/hub", status_code=201)
    async def listen(new: Subscription) -> dict[str, Any]:
        if not _is_address(new.callback):
            raise HTTPException(400, "the callback is not an address")
        id, is_new = world.registry.listen(new.callback)
        if not is_new:
            raise HTTPException(409, "this callback listens already")
        return Subscription(id=id, callback=new.callback, query=new.query).wire()

    @router.delete("/hub/{id}", status_code=204)
    async def unlisten(id: str) -> Response:
        if not world.registry.unlisten(id):
            raise HTTPException(404, "nobody listens under this id")
        return Response(status_code=204)

    return router


def _is_address(text: str) -> bool:
    try:
        url, host = httpx.URL(text), urlsplit(text).hostname
    except (httpx.InvalidURL, ValueError):
        return False
    return url.scheme in ("http", "https") and bool(host)

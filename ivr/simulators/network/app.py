"""The simulated network's server: its APIs, and ``/simulator`` to change its behaviour."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter, Body, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json
from starlette.exceptions import HTTPException as StarletteHTTPException

from ivr.domain.values import Msisdn
from ivr.network.models import bill, offering, ticket
from ivr.simulators.network.answering import MOVED, Asked, answered, fault, redirected
from ivr.simulators.network.behaviour import Endpoint, Outage, SimulatorBehaviour
from ivr.simulators.network.bills import billing_routes
from ivr.simulators.network.business import catalogue_routes, ticket_routes
from ivr.simulators.network.data import SimulatorState
from ivr.simulators.network.habit import Habit
from ivr.simulators.network.ordering import routes as ordering_routes
from ivr.simulators.network.services import activation_routes, inventory_routes

HANG = 60.0
"""Seconds: longer than any client waits."""
ADMIN = "/simulator"
KEPT = ("Location",)
"""Headers that an answer keeps when its form is changed."""
NO_JSON = "the body is not JSON"
PARTS = {
    offering.BASE: Endpoint.CATALOGUE,
    bill.BASE: Endpoint.BILLING,
    ticket.BASE: Endpoint.BACK_OFFICE,
}
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def simulator_app(world: SimulatorState) -> FastAPI:
    """Return the server's application. Its state is ``world``."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        rounds = asyncio.create_task(world.run())
        yield
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds

    app = FastAPI(
        title="Network simulator",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )

    @app.middleware("http")
    async def behave(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        path: str = request.scope["path"]
        is_moved = path.startswith(f"{MOVED}/")
        if is_moved:
            path = request.scope["path"] = path.removeprefix(MOVED)
        is_admin = path.startswith(ADMIN)
        if is_admin and (request.client is None or request.client.host not in LOOPBACK):
            return fault(403, "this is for the machine itself only")
        wanted = f"Bearer {world.token}".encode()
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(wanted, given):
            return fault(401, "a token is needed")
        if is_admin:
            return await answer(request) if await _is_json(request) else fault(400, NO_JSON)
        if world.mood.is_down(_part(path)):
            if world.mood.outage is Outage.HANG:
                await asyncio.sleep(HANG)
            return fault(503, "out of service")
        habits = world.mood.habits
        asked = Asked(request.method, path, dict(request.query_params))
        away = _turned_away(world, asked)
        if away is None and not is_moved:
            raw = request.scope.get("raw_path", b"").decode("latin-1")
            query = request.scope["query_string"].decode("latin-1")
            away = redirected(f"{raw}?{query}" if query else raw, habits)
        if away is not None:
            return away
        if not await _is_json(request):
            return fault(400, NO_JSON)
        made = await answer(request)
        body = b"".join([part async for part in made.body_iterator])  # type: ignore[attr-defined]
        kept = {name: made.headers[name] for name in KEPT if name in made.headers}
        return answered(asked, made.status_code, body, kept, habits)

    @app.exception_handler(StarletteHTTPException)
    async def refuse(_request: Request, error: StarletteHTTPException) -> Response:
        return fault(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def misread(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return fault(400, f"{where}: {first['msg']}")  # without the input: JSON may not hold it

    for router in (
        ordering_routes(world),
        activation_routes(world),
        inventory_routes(world),
        catalogue_routes(world),
        billing_routes(world),
        ticket_routes(world),
        _admin(world),
    ):
        app.include_router(router)
    return app


def _admin(world: SimulatorState) -> APIRouter:
    router = APIRouter(prefix=ADMIN)

    @router.get("")
    async def mood() -> dict[str, Any]:
        return world.mood.model_dump(mode="json")

    @router.patch("")
    async def change(changes: dict[str, Any] = Body()) -> dict[str, Any]:  # noqa: B008
        try:
            mood = SimulatorBehaviour.model_validate({**world.mood.model_dump(), **changes})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise HTTPException(422, f"{where}: {first['msg']}") from None
        if mood.outage is Outage.CLOSED:
            raise HTTPException(422, "outage: end the simulator instead")
        world.mood = mood
        return mood.model_dump(mode="json")

    @router.get("/switched/{number}")
    async def switched(number: str) -> dict[str, Any]:
        return {
            service: {
                "on": is_on,
                "times": world.state.times(Msisdn(number), service),
                **world.state.particulars(Msisdn(number), service),
            }
            for service, is_on in world.state.switched(Msisdn(number)).items()
        }

    return router


async def _is_json(request: Request) -> bool:
    """Tell whether the body is empty or valid JSON.

    Python's own parser accepts what it could not write again: NaN, and single surrogates.
    """
    body = await request.body()
    try:
        if body:
            from_json(body, allow_inf_nan=False)
    except ValueError:
        return False
    return True


def _part(path: str) -> Endpoint:
    for base, part in PARTS.items():
        if path.startswith(base):
            return part
    return Endpoint.NETWORK


def _turned_away(world: SimulatorState, asked: Asked) -> Response | None:
    """Return the refusal of the first request of a kind, if a habit asks for retries; else None."""
    kind = f"{asked.method} {asked.path}"
    if world.has(Habit.RETRY_AFTER) and world.turns_away(kind):
        away = fault(429, "too many requests")
        away.headers["Retry-After"] = "1"
        return away
    if world.has(Habit.RETRY_DATE) and asked.method == "GET" and world.turns_away(kind):
        away = fault(503, "come again")
        now = datetime.now(UTC)
        away.headers["Date"] = format_datetime(now, usegmt=True)
        soon = now + timedelta(seconds=1)
        away.headers["Retry-After"] = format_datetime(soon, usegmt=True)
        return away
    return None

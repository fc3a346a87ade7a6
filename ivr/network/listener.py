"""HTTP server for the network's events, so that an order is settled as soon as the network ends it.

An event is only a hint: its content is ignored, and the network is asked for the order. So events
that are repeated, late, out of order or forged do no harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from ivr.errors import TemporarilyUnavailable
from ivr.network.event import NamedOrder, document_of, is_id, orders_in
from ivr.network.http_client import HttpClient
from ivr.network.models.common import Subscription
from ivr.network.models.service_order import BASE, STATE_CHANGE
from ivr.network.models.tolerant import text_of

log = structlog.get_logger()

HUB = f"{BASE}/hub"
PATIENCE = 5.0


def listener_app(
    look: Callable[[str], object], named: Callable[[str], str | None] = lambda _id: None
) -> FastAPI:
    """Return the server for events; ``look`` gets the external id of an order to ask for.

    ``named`` returns the external id of an order that an event names by the network's id only.
    The server accepts any path: some networks add ``/listener/…`` to the callback, some do not.
    """
    app = FastAPI(title="Listener", docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/{path:path}")
    async def hear(request: Request, path: str) -> Response:
        try:
            event = document_of(await request.body())
            orders = list(orders_in(event))
        except ValueError:
            orders = []
        if not orders:
            log.warning("an event is not understood", path=path.rpartition("/")[2][:60])
            return Response(status_code=400)
        try:
            for order in orders:
                await run_in_threadpool(_look_for, order, look, named)
        except TemporarilyUnavailable as error:
            log.warning("an event cannot be handled now", reason=str(error))
            return Response(status_code=503)  # the network delivers the event again
        id = text_of(event.get("eventId")) if isinstance(event, dict) else None
        answer = Subscription(id=id or "", callback=request.scope["path"]).wire()
        return JSONResponse(answer, status_code=201)

    return app


def _look_for(
    order: NamedOrder, look: Callable[[str], object], named: Callable[[str], str | None]
) -> None:
    external_id = order.external_id or (named(order.id) if is_id(order.id) else None) or ""
    if is_id(external_id):
        look(external_id)


def register(wire: HttpClient, callback: str) -> bool:
    """Register for events about changed orders. False: the network accepts no listeners.

    An existing registration (409) counts as success. TemporarilyUnavailable: try again later.
    """
    body = Subscription(callback=callback, query=f"eventType={STATE_CHANGE}").wire()
    body.pop("id", None)
    answer = wire.post(HUB, body, time.monotonic() + PATIENCE)
    return answer.status in (200, 201, 409)


def callback_url(host: str, port: int) -> str:
    """Return the listener's address for the network, as far as this machine knows it."""
    return f"http://{host}:{port}{BASE}"

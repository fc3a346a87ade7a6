"""Events of the network: an order that it ends later is settled at once.

An event is a hint and nothing more: what it says is not believed, the order is asked for. So an
event that is repeated, late, out of order or invented changes nothing that is not so.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from ivr.errors import TemporarilyUnavailable
from ivr.network.models.common import Subscription
from ivr.network.models.service_order import BASE, STATE_CHANGE, StateChange
from ivr.network.wire import Wire

log = structlog.get_logger()

HUB = f"{BASE}/hub"
LONGEST_ID = 200
"""Letters of an external id: ours are shorter."""
PATIENCE = 5.0


def listener_app(look: Callable[[str], object]) -> FastAPI:
    """The server that hears events; ``look`` is given the external id of an order to ask for.

    Any path is taken: some networks add ``/listener/…`` to the callback, some do not.
    """
    app = FastAPI(title="Listener", docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/{path:path}")
    async def hear(request: Request, path: str) -> Response:
        try:
            event = StateChange.model_validate_json(await request.body())
        except ValidationError:
            log.warning("an event is not understood", path=path.rpartition("/")[2][:60])
            return Response(status_code=400)
        external_id = event.event.service_order.external_id or ""
        if event.event_type == STATE_CHANGE and _may_be_ours(external_id):
            try:
                await run_in_threadpool(look, external_id)
            except TemporarilyUnavailable as error:
                log.warning("an event comes at a bad time", reason=str(error))
                return Response(status_code=503)  # it is delivered again
        answer = Subscription(id=event.event_id, callback=request.scope["path"]).wire()
        return JSONResponse(answer, status_code=201)

    return app


def register(wire: Wire, callback: str) -> bool:
    """Ask the network to tell us of changed orders. False: it takes no listeners.

    TemporarilyUnavailable: not now. Registered already (409) is well.
    """
    body = Subscription(callback=callback, query=f"eventType={STATE_CHANGE}").wire()
    body.pop("id", None)
    answer = wire.post(HUB, body, time.monotonic() + PATIENCE)
    return answer.status in (200, 201, 409)


def _may_be_ours(external_id: str) -> bool:
    """Whether the order may be looked for: a zero byte is an error to a database."""
    return 0 < len(external_id) <= LONGEST_ID and "\0" not in external_id


def callback_url(host: str, port: int) -> str:
    """Where the network reaches the listener, as far as this machine knows."""
    return f"http://{host}:{port}{BASE}"

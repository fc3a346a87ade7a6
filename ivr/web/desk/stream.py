"""The route of the stream of events."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from ivr.errors import TemporarilyUnavailable
from ivr.staff.sessions import SessionService
from ivr.web.desk.cookies import cookie
from ivr.web.desk.live import ENDED, Live
from ivr.web.desk.visit import SESSION_COOKIE, Visiting

HEADERS = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",  # nginx passes it on at once
}


def router(live: Live, sessions: SessionService) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.get("/live")
    def stream(
        request: Request,
        visit: Visiting,
        last: str = "",
        last_event_id: Annotated[str, Header()] = "",
    ) -> StreamingResponse:
        token = cookie(request, SESSION_COOKIE)
        is_alive = partial(run_in_threadpool, _is_alive, sessions, token)
        events: Iterable[str] | AsyncIterable[str] = [ENDED]  # a browser tells no status to scripts
        if visit.session:
            events = live.stream(visit.session.user.id, last_event_id or last, is_alive)
        return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)

    return routes


def _is_alive(sessions: SessionService, token: str) -> bool:
    """Whether the session still exists. A database that is away ends no session."""
    try:
        return sessions.resolve(token, is_beat=True) is not None
    except TemporarilyUnavailable:
        return True

"""Who asks for a page, in which language, from where."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.staff import StaffSession
from ivr.domain.values import Language
from ivr.staff.sessions import SessionService
from ivr.web.desk import texts
from ivr.web.desk.cookies import cookie

LANGUAGE_COOKIE = "language"
SESSION_COOKIE = "desk"
MOST_BROWSER = 200
"""Letters of a ``User-Agent`` that are kept."""
MOST_KEY = 80


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a browser."""

    language: Language
    address: str
    browser: str
    is_partial: bool
    """Whether a script asked: it wants a part of a page, and no whole one."""
    session: StaffSession | None
    """None: nobody is logged in."""


def visit_of(request: Request) -> Visit:
    """Return the visit of a request; it is worked out once.

    TemporarilyUnavailable: the session cannot be read now; the next call returns a visit without
    one, for the page that says so.
    """
    found = getattr(request.state, "visit", None)
    if isinstance(found, Visit):
        return found
    request.state.visit = _visit(request, None)
    session = _session(request)
    if session is not None:
        request.state.visit = _visit(request, session)
    found = request.state.visit
    assert isinstance(found, Visit)
    return found


def _visit(request: Request, session: StaffSession | None) -> Visit:
    headers = request.headers
    chosen = texts.known([cookie(request, LANGUAGE_COOKIE)])
    before_login = chosen or texts.preferred(headers.get("accept-language", ""))
    return Visit(
        language=session.user.language if session else before_login,
        address=request.client.host if request.client else "",
        browser=headers.get("user-agent", "")[:MOST_BROWSER],
        is_partial=headers.get("hx-request") == "true",
        session=session,
    )


async def connected_session(connection: HTTPConnection) -> StaffSession | None:
    """Return the session of a websocket; None: nobody is logged in."""
    return await run_in_threadpool(_session, connection)


def _session(request: HTTPConnection) -> StaffSession | None:
    """Return the session of the cookie. Requests that are refused early have no application."""
    token = cookie(request, SESSION_COOKIE)
    app = request.scope.get("app")
    if not token or app is None:
        return None
    sessions: SessionService = app.state.sessions
    return sessions.resolve(token)


def session_of(request: Request) -> StaffSession:
    """Return the session of a request. HTTPException 401: nobody is logged in."""
    session = visit_of(request).session
    if session is None:
        raise HTTPException(401)
    return session


def actor_of(request: Request) -> Actor:
    """Return the user of a request as an actor. HTTPException 401: nobody is logged in."""
    return session_of(request).actor(request.app.state.clock.now())


def key_of(key: Annotated[str, Form(max_length=MOST_KEY)]) -> OperationKey:
    """Return the operation key that a form carries; it was made with the form."""
    return OperationKey(f"desk:{key}")


def origin(request: Request) -> str:
    """Return the origin of the page as the browser has it; the shield has checked the host."""
    return f"{request.url.scheme}://{request.headers['host']}"


def new_key() -> str:
    """Return the key for a new form: sent twice, it does its work once."""
    return str(uuid.uuid4())


Visiting = Annotated[Visit, Depends(visit_of)]
InSession = Annotated[StaffSession, Depends(session_of)]
Acting = Annotated[Actor, Depends(actor_of)]
Keyed = Annotated[OperationKey, Depends(key_of)]

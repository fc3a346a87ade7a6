"""Passkeys: added in my security, shown at login and for a proof. The browser's part is JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from ivr.staff.login import LoggedIn
from ivr.staff.passkeys import Ceremony
from ivr.web.desk.answers import done
from ivr.web.desk.cookies import cookie
from ivr.web.desk.login import Challenge, Doors
from ivr.web.desk.security import proven
from ivr.web.desk.visit import SESSION_COOKIE, InSession, Keyed, origin, visit_of

Token = Annotated[str, Form(max_length=100)]
Credential = Annotated[str, Form(max_length=20_000)]


def router(doors: Doors) -> APIRouter:
    """Return the routes."""
    routes, passkeys = APIRouter(), doors.services.passkeys

    def say(request: Request, key: str) -> Response:
        return done(doors.pages.texts.text(visit_of(request).language, key))

    @routes.post("/login/passkey/begin")
    def begin_login(request: Request, challenge: Challenge) -> Response:
        return _asked(passkeys.begin_login(challenge, origin(request)))

    @routes.post("/login/passkey")
    def login(
        request: Request,
        challenge: Challenge,
        token: Token,
        credential: Credential,
        after: Annotated[str, Form()] = "",
    ) -> Response:
        result = passkeys.login(challenge, token, credential, origin(request))
        if isinstance(result, LoggedIn):
            return doors.open(request, result, after)
        return doors.again(request, "password", "passkey", after=after, name="")

    @routes.post("/step-up/passkey/begin")
    def begin_proof(request: Request, session: InSession) -> Response:
        return _asked(passkeys.begin_step_up(session, origin(request)))

    @routes.post("/step-up/passkey")
    def prove(
        request: Request, session: InSession, token: Token, credential: Credential
    ) -> Response:
        own = cookie(request, SESSION_COOKIE)
        result = passkeys.step_up(own, token, credential, origin(request))
        if isinstance(result, str):
            return proven(request, session.user.name, result)
        return say(request, "security.passkey-refused")

    @routes.post("/me/passkeys/begin")
    def begin_adding(request: Request, session: InSession) -> Response:
        return _asked(passkeys.begin_adding(session, origin(request)))

    @routes.post("/me/passkeys")
    def add(
        request: Request,
        session: InSession,
        key: Keyed,
        token: Token,
        credential: Credential,
        name: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        fault = passkeys.finish_adding(session, key, token, credential, name, origin(request))
        return say(request, "security.passkey-refused" if fault else "security.passkey-added")

    @routes.post("/me/passkeys/remove")
    def remove(
        request: Request, session: InSession, key: Keyed, id: Annotated[int, Form()]
    ) -> Response:
        fault = passkeys.remove(session, key, id)
        said = f"security.factor-{fault.value}" if fault else "security.passkey-removed"
        return say(request, said)

    return routes


def _asked(ceremony: Ceremony | None) -> Response:
    if ceremony is None:
        return JSONResponse({}, 410)
    return JSONResponse({"token": ceremony.token, "options": ceremony.options})

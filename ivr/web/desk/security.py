"""My security: password, second factors, sessions. And the proof before what asks for one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from ivr.staff.demo import demo_users
from ivr.staff.factors import Enrolled, NoFactor
from ivr.staff.login import Delayed
from ivr.web.desk import qr
from ivr.web.desk.answers import done, trigger
from ivr.web.desk.cookies import add_cookie, cookie
from ivr.web.desk.pages import Pages
from ivr.web.desk.services import Services
from ivr.web.desk.visit import SESSION_COOKIE, Acting, InSession, Keyed, visit_of

Typed = Annotated[str, Form(max_length=400)]


def router(pages: Pages, services: Services, *, is_demo: bool) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    factors, sessions = services.factors, services.sessions

    def say(request: Request, key: str, **told: int) -> Response:
        return done(pages.texts.text(visit_of(request).language, key, **told))

    def show(request: Request, template: str, status: int = 200, **values: Any) -> Response:
        return pages.show(request, f"security/{template}.html", status, **values)

    @routes.get("/me/security")
    def security(request: Request, session: InSession, actor: Acting) -> Response:
        return show(
            request,
            "page",
            factors=factors.of(session.user),
            must_have=factors.must_have(session.user),
            passkeys=services.passkeys.of(session.user),
            sessions=sessions.list(actor, session.user),
        )

    @routes.get("/me/password")
    def ask_password(request: Request, _session: InSession) -> Response:
        return show(request, "password", problem="")

    @routes.post("/me/password")
    def change_password(
        request: Request,
        session: InSession,
        key: Keyed,
        present: Typed = "",
        password: Typed = "",
        again: Typed = "",
    ) -> Response:
        problem = "unequal"
        if password == again:
            refused = services.users.change_password(session, key, present, password)
            if refused is None:
                return say(request, "security.password-changed")
            problem = refused.value
        return show(request, "password", 422, problem=problem)

    @routes.post("/me/sessions/end")
    def end_session(request: Request, actor: Acting, id: Annotated[int, Form()]) -> Response:
        sessions.end(actor, id)
        return say(request, "security.session-ended")

    @routes.post("/me/sessions/end-others")
    def end_others(request: Request, actor: Acting, session: InSession) -> Response:
        count = sessions.end_all(actor, session.user.id, but=session.id)
        return say(request, "security.sessions-ended", n=count)

    def setup(request: Request, challenge: str, problem: str = "") -> Response:
        found = factors.setup(challenge)
        if found is None:
            return say(request, "security.over")
        return show(
            request,
            "totp",
            422 if problem else 200,
            challenge=challenge,
            problem=problem,
            picture=qr.picture(found.uri),
            secret=qr.grouped(found.secret.keys),
        )

    @routes.get("/me/totp")
    def start_totp(request: Request, session: InSession) -> Response:
        return setup(request, factors.start(session))

    @routes.post("/me/totp")
    def confirm_totp(
        request: Request,
        _session: InSession,
        challenge: Annotated[str, Form(max_length=100)],
        code: Typed = "",
    ) -> Response:
        match factors.confirm(challenge, code):
            case Enrolled(codes=codes):
                return show(request, "codes", codes=codes)
            case NoFactor.WRONG:
                return setup(request, challenge, "code")
            case _:
                return say(request, "security.over")

    @routes.post("/me/totp/remove")
    def remove_totp(request: Request, session: InSession, key: Keyed) -> Response:
        fault = factors.remove_totp(session, key)
        return say(request, f"security.factor-{fault.value}" if fault else "security.totp-removed")

    @routes.post("/me/codes")
    def new_codes(request: Request, session: InSession, key: Keyed) -> Response:
        return show(request, "codes", codes=factors.new_codes(session, key))

    @routes.get("/step-up")
    def ask_proof(request: Request, session: InSession) -> Response:
        return _proof(request, session, "")

    @routes.post("/step-up")
    def prove(request: Request, session: InSession, secret: Typed = "") -> Response:
        token = cookie(request, SESSION_COOKIE)
        address = visit_of(request).address
        if is_demo and session.user.name in demo_users() and not factors.of(session.user):
            result: Any = sessions.rotate(token, is_proven=True)
        else:
            result = services.logins.step_up(token, secret, address)
        if isinstance(result, str):
            return proven(request, session.user.name, result)
        if isinstance(result, Delayed):
            return _proof(request, session, "delayed", n=result.seconds)
        return _proof(request, session, "code" if factors.of(session.user) else "present")

    def _proof(request: Request, session: InSession, problem: str, **told: int) -> Response:
        user = session.user
        return show(
            request,
            "step-up",
            422 if problem else 200,
            problem=problem,
            told=told,
            factors=factors.of(user),
            is_free=is_demo and user.name in demo_users() and not factors.of(user),
        )

    return routes


def proven(request: Request, name: str, token: str) -> Response:
    """Answer to a proof: the session has a new token, and the page sends its request again."""
    response = trigger("logged-in", {"user": name})
    add_cookie(response, request, SESSION_COOKIE, token)
    return response

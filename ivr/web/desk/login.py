"""Login: the password, a second factor or its set-up, then the page that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, assert_never

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ivr.domain.staff import User
from ivr.staff.demo import demo_users
from ivr.staff.factors import Enrolled, NoFactor
from ivr.staff.login import (
    CodeResult,
    Delayed,
    Enrolment,
    LoggedIn,
    LoginResult,
    Over,
    Refused,
    SecondFactorNeeded,
)
from ivr.web.desk import qr
from ivr.web.desk.answers import trigger
from ivr.web.desk.cookies import add_cookie, cookie, is_secure
from ivr.web.desk.menu import first_page
from ivr.web.desk.pages import Pages
from ivr.web.desk.services import Services
from ivr.web.desk.visit import SESSION_COOKIE, Visiting, visit_of
from ivr.web.guard import LOCAL

DEVICE_COOKIE = "device"
A_YEAR = 31_536_000
Typed = Annotated[str, Form(max_length=400)]
Challenge = Annotated[str, Form(max_length=100)]
After = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True)
class Doors:
    """What all ways into the desk share."""

    pages: Pages
    services: Services

    def step(self, request: Request, step: str, /, status: int = 200, **values: Any) -> Response:
        """Show one step of a login."""
        return self.pages.show(request, f"login/{step}.html", status, **values)

    def again(
        self, request: Request, step: str, problem: str, /, n: int = 0, **values: Any
    ) -> Response:
        """Show a step again, with what is wrong. ``n`` is put into the text."""
        return self.step(request, step, 422, problem=problem, told={"n": n}, **values)

    def passed(self, request: Request, result: LoginResult, after: str, **typed: Any) -> Response:
        """Answer to a password."""
        match result:
            case LoggedIn():
                return self.open(request, result, after)
            case SecondFactorNeeded(challenge, factors):
                return self.step(
                    request, "second", challenge=challenge, factors=factors, after=after
                )
            case Enrolment(challenge):
                return self.enrol(request, challenge, after)
            case Refused():
                return self.again(request, "password", "wrong", after=after, **typed)
            case Delayed(seconds):
                return self.again(request, "password", "delayed", n=seconds, after=after, **typed)
            case _:
                assert_never(result)

    def enrol(self, request: Request, challenge: str, after: str, problem: str = "") -> Response:
        """Show the secret for an authenticator."""
        setup = self.services.factors.setup(challenge)
        if setup is None:
            return self.again(request, "password", "over", after=after, name="")
        return self.step(
            request,
            "enrol",
            422 if problem else 200,
            challenge=challenge,
            after=after,
            problem=problem,
            picture=qr.picture(setup.uri),
            secret=qr.grouped(setup.secret.keys),
        )

    def open(self, request: Request, found: LoggedIn, after: str) -> Response:
        """Open a session, and tell the browser to go on."""
        response = self.go(found.user, after)
        self.let_in(request, response, found)
        return response

    def go(self, user: User, after: str) -> Response:
        """Tell the script that the user is logged in: the page goes on, or the dialog closes."""
        if after == OVER_PAGE:
            return trigger("logged-in", {"user": user.name})
        return Response(status_code=204, headers={"HX-Redirect": local(after) or "/"})

    def let_in(self, request: Request, response: Response, found: LoggedIn) -> None:
        """Add the cookies of a new session to an answer."""
        visit = visit_of(request)
        former = cookie(request, SESSION_COOKIE)
        if former:
            self.services.sessions.logout(former)
        token, _session = self.services.sessions.open(
            found.user, visit.address, visit.browser, is_proven=found.is_proven
        )
        device = self.services.logins.remember(found.user, cookie(request, DEVICE_COOKIE))
        add_cookie(response, request, SESSION_COOKIE, token)
        add_cookie(response, request, DEVICE_COOKIE, device, A_YEAR)


OVER_PAGE = "again"
"""In place of a path: the login is a dialog over a page, which goes on by itself."""


def local(path: str) -> str:
    """Return a path of our own pages; empty: it leads elsewhere."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours and path.isprintable() else ""


def router(doors: Doors, *, is_demo: bool) -> APIRouter:
    """Return the routes."""
    routes, services = APIRouter(), doors.services

    @routes.get("/login")
    def login(request: Request, visit: Visiting, after: str = "") -> Response:
        if visit.session:
            return RedirectResponse(local(after) or first_page(visit.session), 303)
        people = demo_users() if is_demo else {}
        return doors.pages.show(
            request,
            "login/page.html",
            after=local(after),
            name="",
            step="password",
            problem="",
            told={},
            people=people,
            is_open=is_open(request),
        )

    @routes.get("/login/again")
    def login_again(request: Request, visit: Visiting) -> Response:
        name = visit.session.user.name if visit.session else ""
        return doors.step(request, "again", after=OVER_PAGE, name=name)

    @routes.post("/login")
    def password(
        request: Request, visit: Visiting, name: Typed = "", password: Typed = "", after: After = ""
    ) -> Response:
        if is_open(request):
            return doors.again(request, "password", "open", after=after, name=name)
        device = cookie(request, DEVICE_COOKIE)
        result = services.logins.password(name, password, visit.address, device)
        return doors.passed(request, result, after, name=name)

    @routes.post("/login/second")
    def second(
        request: Request,
        challenge: Challenge,
        code: Typed = "",
        kind: Typed = "totp",
        after: After = "",
    ) -> Response:
        logins = services.logins
        check = logins.recovery if kind == "recovery" else logins.totp
        return _answer_to_code(request, check(challenge, code), challenge, kind, after)

    @routes.post("/login/enrol")
    def enrol(
        request: Request, challenge: Challenge, code: Typed = "", after: After = ""
    ) -> Response:
        match services.factors.confirm(challenge, code):
            case Enrolled(user, codes):
                response = doors.step(request, "codes", codes=codes, after=local(after) or "/")
                doors.let_in(request, response, LoggedIn(user, is_proven=True))
                return response
            case NoFactor.WRONG:
                return doors.enrol(request, challenge, after, "code")
            case _:
                return doors.again(request, "password", "over", after=after, name="")

    def _answer_to_code(
        request: Request, result: CodeResult, challenge: str, kind: str, after: str
    ) -> Response:
        user = services.logins.challenged(challenge)
        kept: dict[str, Any] = {
            "challenge": challenge,
            "after": after,
            "factors": services.factors.of(user) if user else None,
            "kind": kind,
        }
        match result:
            case LoggedIn():
                return doors.open(request, result, after)
            case Refused():
                return doors.again(request, "second", "code", **kept)
            case Delayed(seconds):
                return doors.again(request, "second", "delayed", n=seconds, **kept)
            case Over():
                return doors.again(request, "password", "over", after=after, name="")
            case _:
                assert_never(result)

    if is_demo:

        @routes.post("/login/demo")
        def door(request: Request, name: Annotated[str, Form()], after: After = "") -> Response:
            """Let a person of the demo in: without a password, and only if it has none."""
            user = services.users.stored.users.find(name)
            has_password = user is None or services.users.stored.passwords.get(user.id)
            if user is None or has_password or name not in demo_users():
                return doors.again(request, "password", "wrong", after=after, name=name)
            return doors.open(request, LoggedIn(user, is_proven=True), after)

    return routes


def is_open(request: Request) -> bool:
    """Whether others may read what the browser sends: it is on another machine, and without TLS."""
    return not is_secure(request) and (request.url.hostname or "") not in LOCAL

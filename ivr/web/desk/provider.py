"""Login by the operator's own identity provider, where one is set up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from ivr.staff.identities import IdentityService
from ivr.staff.login import Enrolment, LoggedIn, Over, SecondFactorNeeded
from ivr.web.desk import qr
from ivr.web.desk.cookies import add_cookie, cookie, remove_cookie
from ivr.web.desk.login import Doors, is_open
from ivr.web.desk.visit import Visiting, origin

COOKIE = "provider"
SECONDS = 600
BACK = "/login/provider/back"
Word = Annotated[str, Query(max_length=4000)]


def router(doors: Doors, identities: IdentityService) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/login/provider")
    def begin(request: Request) -> Response:
        if is_open(request):
            return _page(request, "password", problem="open", name="")
        departure = identities.begin(origin(request) + BACK)
        response = RedirectResponse(departure.address, 303)
        add_cookie(response, request, COOKIE, departure.cookie, SECONDS)
        return response

    @routes.get(BACK)
    def back(request: Request, visit: Visiting, state: Word = "", code: Word = "") -> Response:
        kept = cookie(request, COOKIE)
        result = identities.finish(kept, state, code, visit.address)
        response = _answer(request, result)
        remove_cookie(response, request, COOKIE)
        return response

    def _answer(request: Request, result: object) -> Response:
        """Answer to a browser, which comes without our script."""
        match result:
            case LoggedIn():
                response: Response = RedirectResponse("/", 303)
                doors.let_in(request, response, result)
                return response
            case SecondFactorNeeded(challenge, factors):
                return _page(request, "second", challenge=challenge, factors=factors)
            case Enrolment(challenge):
                setup = doors.services.factors.setup(challenge)
                if setup is not None:
                    picture, secret = qr.picture(setup.uri), qr.grouped(setup.secret.keys)
                    return _page(
                        request, "enrol", challenge=challenge, picture=picture, secret=secret
                    )
            case Over():
                return _page(request, "password", problem="over", name="")
        return _page(request, "password", problem="provider", name="")

    def _page(request: Request, step: str, *, problem: str = "", **values: Any) -> Response:
        values |= {"problem": problem, "told": {}, "after": ""}
        status = 422 if problem else 200
        return doors.pages.show(
            request, "login/page.html", status, step=step, people={}, is_open=False, **values
        )

    return routes

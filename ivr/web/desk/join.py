"""The one-time link of an invited user: choose a password, then log in with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from ivr.domain.staff import User
from ivr.web.desk.cookies import cookie
from ivr.web.desk.login import DEVICE_COOKIE, Doors, Typed, is_open
from ivr.web.desk.visit import Visiting


def router(doors: Doors) -> APIRouter:
    """Return the routes."""
    routes, users = APIRouter(), doors.services.users

    @routes.get("/join/{token}")
    def join(request: Request, token: str) -> Response:
        user = users.invited(token)
        if user is None:
            return doors.pages.show(request, "login/no-link.html", 404)
        return doors.pages.show(request, "login/join.html", user=user, token=token, problem="")

    @routes.post("/join")
    def accept(
        request: Request,
        visit: Visiting,
        token: Annotated[str, Form(max_length=100)],
        password: Typed = "",
        again: Typed = "",
    ) -> Response:
        user = users.invited(token)
        if user is None:
            return doors.again(request, "password", "over", after="", name="")
        if is_open(request):
            return doors.again(request, "password", "open", after="", name="")
        if password != again:
            return doors.again(request, "choose", "unequal", user=user, token=token)
        match users.accept(token, password):
            case None:
                return doors.again(request, "password", "over", after="", name="")
            case User(name=name):
                device = cookie(request, DEVICE_COOKIE)
                result = doors.services.logins.password(name, password, visit.address, device)
                return doors.passed(request, result, "", name=name)
            case weakness:
                return doors.again(request, "choose", weakness.value, user=user, token=token)

    return routes

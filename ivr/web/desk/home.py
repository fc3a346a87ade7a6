"""The first page, the switch of the language, the end of a session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ivr.domain.values import Language
from ivr.web.desk.cookies import add_cookie, cookie, remove_cookie
from ivr.web.desk.menu import first_page
from ivr.web.desk.services import Services
from ivr.web.desk.visit import LANGUAGE_COOKIE, SESSION_COOKIE, Visiting

A_YEAR = 31_536_000


def router(services: Services) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/")
    def home(visit: Visiting) -> Response:
        return RedirectResponse(first_page(visit.session) if visit.session else "/login", 303)

    @routes.post("/language")
    def choose_language(
        request: Request, visit: Visiting, language: Annotated[Language, Form()]
    ) -> Response:
        if visit.session:
            services.users.choose_language(visit.session, language)
        response = Response(status_code=204, headers={"HX-Refresh": "true"})
        add_cookie(response, request, LANGUAGE_COOKIE, language.value, A_YEAR)
        return response

    @routes.post("/logout")
    def logout(request: Request) -> Response:
        services.sessions.logout(cookie(request, SESSION_COOKIE))
        response = Response(status_code=204, headers={"HX-Redirect": "/login"})
        remove_cookie(response, request, SESSION_COOKIE)
        return response

    return routes

"""The first page, and the switch of the language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from ivr.domain.values import Language
from ivr.web.desk.cookies import add_cookie
from ivr.web.desk.pages import Pages
from ivr.web.desk.visit import LANGUAGE_COOKIE

A_YEAR = 31_536_000


def router(pages: Pages) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/")
    def home(request: Request) -> Response:
        return pages.show(request, "home.html")

    @routes.post("/language")
    def choose_language(request: Request, language: Annotated[Language, Form()]) -> Response:
        response = Response(status_code=204, headers={"HX-Refresh": "true"})
        add_cookie(response, request, LANGUAGE_COOKIE, language.value, A_YEAR)
        return response

    return routes

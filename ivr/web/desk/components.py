"""``/components``: every component of the pages in every state. Only in the demo."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from ivr.web.desk.pages import Pages

CODES = ("k7wf-2m9p", "x3ht-8q4z", "b6nd-5r2v", "j9cs-7y3g")
NUMBERS = ("+993 65 •• •• 12", "+993 61 •• •• 07")
EXAMPLE = datetime(2026, 11, 30, 9, 5, 7, tzinfo=UTC)


def router(pages: Pages) -> APIRouter:
    """Return the route."""
    routes = APIRouter()

    @routes.get("/components")
    def components(request: Request) -> Response:
        return pages.show(request, "components.html", at=EXAMPLE, codes=CODES, numbers=NUMBERS)

    return routes

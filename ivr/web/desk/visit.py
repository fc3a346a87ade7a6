"""Who asks for a page, in which language, from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from ivr.domain.values import Language
from ivr.web.desk import texts
from ivr.web.desk.cookies import cookie

LANGUAGE_COOKIE = "language"
MOST_BROWSER = 200
"""Letters of a ``User-Agent`` that are kept."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a browser."""

    language: Language
    address: str
    browser: str
    is_partial: bool
    """Whether a script asked: it wants a part of a page, and no whole one."""


def visit_of(request: Request) -> Visit:
    """Return the visit of a request; it is worked out once."""
    found = getattr(request.state, "visit", None)
    if not isinstance(found, Visit):
        headers = request.headers
        chosen = texts.known([cookie(request, LANGUAGE_COOKIE)])
        found = Visit(
            language=chosen or texts.preferred(headers.get("accept-language", "")),
            address=request.client.host if request.client else "",
            browser=headers.get("user-agent", "")[:MOST_BROWSER],
            is_partial=headers.get("hx-request") == "true",
        )
        request.state.visit = found
    return found


Visiting = Annotated[Visit, Depends(visit_of)]
"""The visit as an argument of a route."""

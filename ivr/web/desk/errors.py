"""Pages of errors: what happened, what to do, and a reference that the log has too."""

from __future__ import annotations

import secrets
from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ivr.errors import TemporarilyUnavailable
from ivr.web.desk.pages import Pages
from ivr.web.desk.visit import visit_of

log = structlog.get_logger()

KNOWN = frozenset({400, 401, 403, 404, 405, 408, 413, 421, 422, 500, 503})
"""Statuses with texts of their own, ``error.<status>.…``."""


class Errors:
    """Answers with the page of an error."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def add_to(self, app: FastAPI) -> None:
        """Use these pages for all errors of an application."""
        app.add_exception_handler(HTTPException, self._http)
        app.add_exception_handler(RequestValidationError, self._unread)
        app.add_exception_handler(TemporarilyUnavailable, self._away)
        app.add_exception_handler(Exception, self._failed)

    def refusal(self, status: HTTPStatus) -> ASGIApp:
        """Return an application that answers every request with the page of ``status``."""

        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            response = self.show(Request(scope, receive), status.value)
            await response(scope, receive, send)

        return refuse

    def show(self, request: Request, status: int, **headers: str) -> Response:
        """Return the page; a script gets only the part that tells the error."""
        reference = secrets.token_hex(4)
        log.info("page refused", status=status, reference=reference, route=_route(request))
        return self._page(request, status, reference, **headers)

    def _page(self, request: Request, status: int, reference: str, **headers: str) -> Response:
        kind = str(status) if status in KNOWN else "500" if status >= 500 else "400"
        template = "error.html"
        if visit_of(request).is_partial:
            template = "parts/problem.html"
            headers |= {"HX-Retarget": "#problems", "HX-Reswap": "innerHTML"}
        return self._pages.show(request, template, status, headers, kind=kind, reference=reference)

    async def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return self.show(request, error.status_code, **(error.headers or {}))

    async def _unread(self, request: Request, _error: Exception) -> Response:
        return self.show(request, HTTPStatus.UNPROCESSABLE_ENTITY)

    async def _away(self, request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.warning("page failed", reference=reference, route=_route(request), reason=str(error))
        return self._page(request, HTTPStatus.SERVICE_UNAVAILABLE, reference)

    async def _failed(self, request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.error("page failed", reference=reference, route=_route(request), exc_info=error)
        return self._page(request, HTTPStatus.INTERNAL_SERVER_ERROR, reference)


def _route(request: Request) -> str:
    """Return the form of the address, without what a user's address has in it."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))

"""Pages of errors: what happened, what to do, and a reference that the log has too."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivr.errors import Forbidden, StepUpNeeded, TemporarilyUnavailable
from ivr.web.desk.pages import Pages
from ivr.web.desk.visit import visit_of

log = structlog.get_logger()

ASK = "X-Desk-Ask"
"""Header of a 401 for scripts: the dialog to show before the request is sent again."""
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
        app.add_exception_handler(StepUpNeeded, self._unproven)
        app.add_exception_handler(Forbidden, self._forbidden)
        app.add_exception_handler(TemporarilyUnavailable, self._away)
        app.add_exception_handler(Exception, self._failed)

    def refusal(self, status: HTTPStatus) -> ASGIApp:
        """Return an application that answers every request with the page of ``status``."""

        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            response = await run_in_threadpool(self.show, request, status.value)
            await response(scope, receive, send)

        return refuse

    def show(self, request: Request, status: int, **headers: str) -> Response:
        """Return the page; a script gets only the part that tells the error."""
        reference = secrets.token_hex(4)
        log.info("page refused", status=status, reference=reference, route=_route(request))
        return self._page(request, status, reference, **headers)

    def _page(
        self, request: Request, status: int, reference: str, kind: str = "", **headers: str
    ) -> Response:
        known = str(status) if status in KNOWN else "500" if status >= 500 else "400"
        template = "error.html"
        if visit_of(request).is_partial:
            template = "parts/problem.html"
            headers |= {"HX-Retarget": "#problems", "HX-Reswap": "innerHTML"}
        return self._pages.show(
            request, template, status, headers, kind=kind or known, reference=reference
        )

    @staticmethod
    def quiet(app: ASGIApp) -> ASGIApp:
        """Return ``app`` without errors for the server, which would write them a second time.

        Starlette has answered them with our page before it raises them again.
        """

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            is_answered = False

            async def send_and_see(message: Message) -> None:
                nonlocal is_answered
                is_answered = True
                await send(message)

            try:
                await app(scope, receive, send_and_see)
            except Exception:
                if not is_answered:
                    raise

        return answer

    def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.UNAUTHORIZED:
            return self._login(request)
        return self.show(request, error.status_code, **(error.headers or {}))

    def _login(self, request: Request) -> Response:
        """Ask for the login: a script in a dialog over its page, a browser on a page."""
        if visit_of(request).is_partial:
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={ASK: "/login/again"})
        query = f"?{request.url.query}" if request.url.query else ""
        after = quote(request.url.path + query)
        return RedirectResponse(f"/login?after={after}", HTTPStatus.SEE_OTHER)

    def _unproven(self, request: Request, _error: Exception) -> Response:
        if visit_of(request).is_partial:
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={ASK: "/step-up"})
        return self.show(request, HTTPStatus.FORBIDDEN)

    def _forbidden(self, request: Request, _error: Exception) -> Response:
        return self.show(request, HTTPStatus.FORBIDDEN)

    def _unread(self, request: Request, _error: Exception) -> Response:
        return self.show(request, HTTPStatus.UNPROCESSABLE_ENTITY)

    def _away(self, request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.warning("page failed", reference=reference, route=_route(request), reason=str(error))
        assert isinstance(error, TemporarilyUnavailable)
        kind = "" if error.what == "database" else "busy"
        return self._page(request, HTTPStatus.SERVICE_UNAVAILABLE, reference, kind)

    def _failed(self, request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.error("page failed", reference=reference, route=_route(request), exc_info=error)
        return self._page(request, HTTPStatus.INTERNAL_SERVER_ERROR, reference)


def _route(request: Request) -> str:
    """Return the form of the address, without what a user's address has in it."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))

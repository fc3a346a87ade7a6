"""Call-backs on the agents' page: taking one, and the result of a try."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from ivr.domain.callbacks import CallbackResult
from ivr.domain.rights import Right
from ivr.staff.rights import require
from ivr.web.desk.agents import Agents
from ivr.web.desk.answers import done
from ivr.web.desk.pages import Pages
from ivr.web.desk.visit import Acting, InSession, Keyed, visit_of

Id = Annotated[int, Form()]


def router(pages: Pages, agents: Agents) -> APIRouter:
    """Return the routes."""
    routes, callbacks = APIRouter(), agents.services.callbacks

    def say(request: Request, key: str) -> Response:
        return done(pages.texts.text(visit_of(request).language, key))

    @routes.post("/desk/callbacks/take")
    def take(request: Request, actor: Acting, key: Keyed, id: Id) -> Response:
        if callbacks.take(actor, key, id):
            return say(request, "callbacks.taken")
        return say(request, "callbacks.taken-by-another")

    @routes.get("/desk/callbacks/{id}")
    def ask_result(request: Request, session: InSession, id: int) -> Response:
        require(session, Right.CALL_BACK)
        return pages.show(request, "desk/tried.html", id=id, results=list(CallbackResult))

    @routes.post("/desk/callbacks/tried")
    def tried(
        request: Request,
        actor: Acting,
        key: Keyed,
        id: Id,
        result: Annotated[CallbackResult, Form()],
    ) -> Response:
        if callbacks.tried(actor, key, id, result):
            return say(request, "callbacks.noted")
        return say(request, "callbacks.taken-by-another")

    return routes

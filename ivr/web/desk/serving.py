"""What an agent does for the present caller: services, texts, blind check, back to the line."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from ivr.contacts.serving import Asked, Unserved, terms
from ivr.domain.rights import Right
from ivr.domain.services import Receipt, Refusal, Settled
from ivr.domain.staff import StaffSession
from ivr.domain.values import ServiceId, SpokenSecret
from ivr.staff.rights import require
from ivr.web.desk import naming, texts
from ivr.web.desk.agents import Agents
from ivr.web.desk.pages import Pages
from ivr.web.desk.visit import Acting, InSession, Keyed, visit_of

Short = Annotated[str, Form(max_length=200)]
CHANGED = {"HX-Trigger": "changed"}


def asked(service: Short, on: Annotated[bool, Form()] = True, package: Short = "") -> Asked:
    """Return the change that a form asks for."""
    return Asked(ServiceId(service), on, package)


Given = Annotated[Asked, Depends(asked)]


def router(pages: Pages, agents: Agents) -> APIRouter:
    """Return the routes. Each dialog is about the call that the agent has now."""
    routes, services = APIRouter(), agents.services
    serving = services.serving

    def show(
        request: Request, dialog: str, session: StaffSession, status: int = 200, **values: Any
    ) -> Response:
        language = visit_of(request).language
        return pages.show(
            request,
            f"desk/{dialog}.html",
            status,
            headers=values.pop("headers", None),
            call=agents.status(session).call,
            name_of=naming.names(services, language),
            **values,
        )

    @routes.get("/desk/services")
    def list_services(request: Request, session: InSession, actor: Acting) -> Response:
        found = serving.switches(actor, agents.status(session).call)
        if isinstance(found, Unserved):
            return show(request, "unserved", session, why=found.value)
        return show(request, "services", session, switches=found)

    @routes.post("/desk/services/offer")
    def offer(
        request: Request, session: InSession, actor: Acting, call: Short, given: Given
    ) -> Response:
        found = serving.offer(actor, call, given)
        if isinstance(found, Unserved):
            return show(request, "unserved", session, why=found.value)
        if isinstance(found, Refusal):
            return show(request, "refused", session, asked=given, refusal=found)
        return show(request, "offer", session, asked=given, offer=found, told=terms(found))

    @routes.post("/desk/services/order")
    def order(
        request: Request,
        session: InSession,
        actor: Acting,
        key: Keyed,
        call: Short,
        given: Given,
        told: Annotated[str, Form(max_length=2000)],
    ) -> Response:
        return receipt(request, session, serving.order(actor, key, call, given, told), given)

    @routes.post("/desk/services/undo")
    def undo(
        request: Request,
        session: InSession,
        actor: Acting,
        key: Keyed,
        call: Short,
        order: Short,
        given: Given,
    ) -> Response:
        return receipt(request, session, serving.undo(actor, key, call, order), given)

    def receipt(
        request: Request, session: StaffSession, found: Receipt | Unserved, given: Asked
    ) -> Response:
        if isinstance(found, Unserved):
            return show(request, "unserved", session, why=found.value)
        may_undo = found.settled is Settled.DONE
        return show(
            request,
            "receipt",
            session,
            asked=given,
            receipt=found,
            may_undo=may_undo,
            headers=CHANGED,
        )

    @routes.get("/desk/texts")
    def list_texts(request: Request, session: InSession) -> Response:
        require(session, Right.ORDER)
        return show(request, "texts", session, texts=serving.texts(), result="")

    @routes.post("/desk/texts")
    def send_text(
        request: Request, session: InSession, actor: Acting, key: Keyed, call: Short, text: Short
    ) -> Response:
        found = serving.send_text(actor, key, call, text)
        if isinstance(found, Unserved):
            return show(request, "unserved", session, why=found.value)
        return show(request, "texts", session, texts=serving.texts(), result=found.value)

    @routes.get("/desk/check")
    def ask_check(request: Request, session: InSession, by: str = "word") -> Response:
        require(session, Right.CHECK_BLIND)
        return show(request, "check", session, by=by, result="")

    @routes.post("/desk/check")
    def check(
        request: Request,
        session: InSession,
        actor: Acting,
        key: Keyed,
        call: Short,
        number: Short = "",
        word: Short = "",
        passport: Short = "",
        name: Short = "",
    ) -> Response:
        by, result = "word" if word else "passport", "gone"
        card = services.cards.card(call) if agents.status(session).call == call else None
        parsed = services.release().care.numbering.parse(number) if number.strip() else None
        about = parsed or (card.number if card and not number.strip() else None)
        if card is not None and about is None:
            result = "no-number"
        elif card is not None and about is not None:
            said = SpokenSecret(word.strip(), passport.strip(), name.strip())
            found = services.identification.check(actor, key, call, about, said)
            result = found.value if found else "gone"
        return show(request, "check", session, by=by, result=result, headers=CHANGED)

    @routes.get("/desk/back")
    def ask_back(request: Request, session: InSession) -> Response:
        require(session, Right.TAKE_CALLS)
        return show(request, "back", session, result="")

    @routes.post("/desk/back")
    def send_back(
        request: Request, session: InSession, actor: Acting, key: Keyed, call: Short, node: Short
    ) -> Response:
        found = services.handback.send_back(actor, key, call, node)
        return show(request, "back", session, result=found.value, headers=CHANGED)

    @routes.get("/desk/pass")
    def ask_pass(request: Request, session: InSession) -> Response:
        require(session, Right.TAKE_CALLS)
        return show(request, "pass", session, topics=services.handback.topics(), result="")

    @routes.post("/desk/pass")
    def pass_on(
        request: Request,
        session: InSession,
        actor: Acting,
        key: Keyed,
        call: Short,
        topic: Short = "",
        language: Short = "",
        note: Short = "",
    ) -> Response:
        handback, spoken = services.handback, texts.known([language])
        found = handback.pass_on(actor, key, call, topic, spoken, note.strip())
        topics = handback.topics()
        return show(request, "pass", session, topics=topics, result=found.value, headers=CHANGED)

    return routes

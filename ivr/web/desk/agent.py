"""The agents' page: check-in, states, the card of a caller, wrap-up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ivr.contacts.skills import skills_of
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.card import Card, Cause
from ivr.domain.contacts import DescribedConversation, Result, WrapUp
from ivr.domain.presence import AgentState, AgentStatus, PauseReason
from ivr.domain.rights import Right
from ivr.domain.staff import StaffSession
from ivr.domain.values import Language
from ivr.staff.rights import require
from ivr.web.desk import naming
from ivr.web.desk.agents import TOPIC, Agents
from ivr.web.desk.answers import trigger
from ivr.web.desk.browsers import browser_kind
from ivr.web.desk.pages import Pages
from ivr.web.desk.visit import Acting, InSession, Keyed, visit_of

MOST_OF_DAY = 500
Words = Annotated[str, Form(max_length=1000)]
CallId = Annotated[str, Form(max_length=100)]
CHOSEN = (
    PauseReason.BREAK,
    PauseReason.LUNCH,
    PauseReason.MEETING,
    PauseReason.TRAINING,
    PauseReason.OTHER,
)
"""The reasons for a pause that a person chooses."""
RESULTS = tuple(each for each in Result if each is not Result.NOT_DESCRIBED)
SENTENCES: dict[Cause, str] = {
    Cause.ASKED: "say.asked",
    Cause.NO_INPUT: "say.lost",
    Cause.NO_MATCH: "say.lost",
    Cause.IDENTIFICATION: "say.identification",
    Cause.FAILURE: "say.failure",
    Cause.OVERLOAD: "say.overload",
    Cause.OTHER: "say.asked",
}
"""What to say first, by why the caller needs an agent."""
CHANGED = f"live:{TOPIC}"


def router(pages: Pages, agents: Agents) -> APIRouter:
    """Return the routes."""
    routes, services = APIRouter(), agents.services
    presence, conversations, cards = services.presence, services.conversations, services.cards

    @routes.get("/desk")
    def page(request: Request, session: InSession, actor: Acting) -> Response:
        require(session, Right.TAKE_CALLS)
        status = agents.status(session)
        return pages.show(
            request,
            "desk/page.html",
            agent=status,
            has_link=services.has_link(),
            browser_kind=browser_kind(visit_of(request).browser),
            **_now(request, session, actor, status),
        )

    def _now(
        request: Request, session: StaffSession, actor: Actor, status: AgentStatus
    ) -> dict[str, Any]:
        """Return what the page shows in the present state."""
        language, now = visit_of(request).language, agents.staff.clock.now()
        given: dict[str, Any] = {"now": now, "card": None, "wrap_up": None, "results": RESULTS}
        if status.call:
            card = _card(actor, status)
            if card is not None:
                given["card"] = card
                given["is_open"] = agents.is_open(actor.id, card.call)
                given["sentences"] = _sentences(session, card)
                given["name_of"] = naming.names(services, language)
        given["shown"] = shown(status, given["card"], has_link=services.has_link())
        if status.state is AgentState.WRAP_UP:
            given["wrap_up"] = conversations.suggested(actor.id, status.call)
        if not status.call:
            given["day"] = _day(session)
            given["callbacks"] = services.callbacks.lists(actor, session.user.spoken)
        return given

    def _card(actor: Actor, status: AgentStatus) -> Card | None:
        """Return the card; the first showing of an account is noted as a reading."""
        if status.state is AgentState.RINGING:
            return cards.card(status.call)
        return cards.open(actor, OperationKey(f"card:{status.call}:{actor.id}"), status.call)

    def _sentences(session: StaffSession, card: Card) -> list[tuple[Language, list[str]]]:
        """Return the words to say: in the caller's language, then in the agent's."""
        theirs, ours = card.language or Language.TURKMEN, session.user.language
        keys = ["say.greeting", SENTENCES[card.cause]]
        return [
            (
                each,
                [pages.texts.text(each, key, name=session.user.display_name) for key in keys],
            )
            for each in dict.fromkeys((theirs, ours))
        ]

    def _day(session: StaffSession) -> list[DescribedConversation]:
        """Return the agent's conversations of today, newest first."""
        clock = agents.staff.clock
        local = clock.local(clock.now())
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return list(conversations.of_agent(session.user.name, midnight, MOST_OF_DAY))

    @routes.post("/desk/check-in")
    def check_in(session: InSession, actor: Acting, key: Keyed) -> Response:
        agents.status(session)
        presence.check_in(actor, key, skills_of(session.user))
        return trigger(CHANGED)

    @routes.post("/desk/check-out")
    def check_out(actor: Acting, key: Keyed) -> Response:
        presence.check_out(actor, key)
        return trigger(CHANGED)

    @routes.post("/desk/ready")
    def ready(actor: Acting, key: Keyed) -> Response:
        presence.ready(actor, key)
        return trigger(CHANGED)

    @routes.get("/desk/pause")
    def ask_pause(request: Request, session: InSession) -> Response:
        require(session, Right.TAKE_CALLS)
        status = agents.status(session)
        return pages.show(request, "desk/pause.html", reasons=CHOSEN, agent=status)

    @routes.post("/desk/pause")
    def pause(actor: Acting, key: Keyed, reason: Annotated[PauseReason, Form()]) -> Response:
        presence.pause(actor, key, reason)
        return trigger("closed")

    @routes.post("/desk/beat")
    def beat(session: InSession, microphone: Annotated[bool, Form()]) -> Response:
        require(session, Right.TAKE_CALLS)
        agents.status(session)
        status = presence.beat(session.user.name, has_microphone=microphone)
        card = cards.card(status.call) if status.call else None
        return JSONResponse({"shown": shown(status, card, has_link=services.has_link())})

    @routes.post("/desk/extend")
    def extend(actor: Acting, key: Keyed) -> Response:
        presence.extend(actor, key)
        return trigger(CHANGED)

    @routes.post("/desk/number")
    def open_number(actor: Acting, key: Keyed, call: CallId) -> Response:
        if presence.status(actor.id).call != call or cards.open(actor, key, call) is None:
            raise HTTPException(404)
        agents.open(actor.id, call)
        return trigger(CHANGED)

    @routes.get("/desk/describe/{call}")
    def ask_description(request: Request, actor: Acting, call: str) -> Response:
        require(actor, Right.TAKE_CALLS)
        return pages.show(
            request,
            "desk/describe.html",
            call=call,
            wrap_up=conversations.suggested(actor.id, call),
            results=RESULTS,
        )

    @routes.post("/desk/wrap-up")
    def describe(
        actor: Acting,
        key: Keyed,
        call: CallId,
        result: Annotated[Result, Form()],
        topic: Words = "",
        note: Words = "",
        promise: Words = "",
    ) -> Response:
        filled = conversations.suggested(actor.id, call)
        wrap_up = WrapUp(result, topic.strip(), note.strip(), promise.strip())
        wrap_up = WrapUp(
            wrap_up.result,
            wrap_up.topic or filled.topic,
            wrap_up.note,
            wrap_up.promise,
            filled.goals,
            filled.orders,
        )
        if not conversations.describe(actor, key, call, wrap_up):
            raise HTTPException(404)
        return trigger("closed")

    return routes


def shown(status: AgentStatus, card: Card | None, *, has_link: bool) -> str:
    """Return what the page shows, in a word: a page that shows another one loads it again."""
    until = status.until.isoformat() if status.until else ""
    known = f"{card.begun is not None}{len(card.steps)}" if card else ""
    parts = (status.state, status.reason, status.call, status.after, until, known, str(has_link))
    return "/".join(parts)

"""Users and their sessions, for administrators."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, assert_never

from fastapi import APIRouter, Depends, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ivr.domain.rights import Right, Role
from ivr.domain.staff import Limits, Profile, User
from ivr.domain.values import Language
from ivr.staff.rights import require
from ivr.staff.users import Invitation, UserFault
from ivr.web.desk import qr
from ivr.web.desk.answers import done
from ivr.web.desk.pages import Pages
from ivr.web.desk.services import Services
from ivr.web.desk.visit import Acting, InSession, Keyed, origin, visit_of

Words = Annotated[str, Form(max_length=400)]


class Action(StrEnum):
    """What is asked back before it is done."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    RESET = "reset"


def given_profile(
    display_name: Words = "",
    language: Annotated[Language, Form()] = Language.TURKMEN,
    spoken: Annotated[list[Language] | None, Form()] = None,
    role: Annotated[list[Role] | None, Form()] = None,
    queues: Words = "",
    topics: Words = "",
    offices: Words = "",
) -> Profile:
    """Return the profile that a form has."""
    limits = Limits(_names(queues), _names(topics), offices=_names(offices))
    return Profile(
        " ".join(display_name.split()),
        language,
        frozenset(spoken or ()),
        frozenset(role or ()),
        limits,
    )


def _names(text: str) -> frozenset[str]:
    """Return names that were written with commas between them."""
    return frozenset(name for part in text.split(",") if (name := part.strip()))


Given = Annotated[Profile, Depends(given_profile)]


def router(pages: Pages, services: Services) -> APIRouter:
    """Return the routes."""
    routes, users, sessions = APIRouter(), services.users, services.sessions

    def say(request: Request, key: str, user: User) -> Response:
        language = visit_of(request).language
        return done(pages.texts.text(language, key, name=user.display_name))

    def form(
        request: Request, user: User | None, profile: Profile, name: str, fault: str = ""
    ) -> Response:
        return pages.show(
            request,
            "people/form.html",
            422 if fault else 200,
            user=user,
            profile=profile,
            name=name,
            fault=fault,
            roles=list(Role),
        )

    def linked(request: Request, found: Invitation | UserFault) -> Response:
        """Show a one-time link, in the dialog, once."""
        if isinstance(found, UserFault):
            raise HTTPException(404 if found is UserFault.NOBODY else 409)
        url = origin(request) + found.path
        return pages.show(
            request,
            "people/link.html",
            headers={"HX-Trigger": "changed"},
            user=found.user,
            until=found.until,
            url=url,
            picture=qr.picture(url),
        )

    def known(actor: Acting, id: int) -> User:
        user = users.get(actor, id)
        if user is None:
            raise HTTPException(404)
        return user

    @routes.get("/admin/users")
    def page(request: Request, session: InSession, actor: Acting) -> Response:
        return pages.show(
            request,
            "people/users.html",
            people=users.list(actor),
            may_grant=Right.GRANT_ROLES in session.rights,
        )

    @routes.get("/admin/users/new")
    def ask_new(request: Request, session: InSession) -> Response:
        require(session, Right.GRANT_ROLES)
        language = session.user.language
        empty = Profile("", language, frozenset({language}), frozenset({Role.AGENT}))
        return form(request, None, empty, "")

    @routes.post("/admin/users/new")
    def invite(
        request: Request,
        actor: Acting,
        key: Keyed,
        profile: Given,
        name: Words = "",
    ) -> Response:
        found = users.invite(actor, key, name, profile)
        if isinstance(found, UserFault):
            return form(request, None, profile, name, found.value)
        return linked(request, found)

    @routes.get("/admin/users/{id}")
    def ask_change(request: Request, actor: Acting, session: InSession, id: int) -> Response:
        require(session, Right.GRANT_ROLES)
        user = known(actor, id)
        return form(request, user, user.profile, user.name)

    @routes.post("/admin/users/{id}")
    def change(request: Request, actor: Acting, key: Keyed, id: int, profile: Given) -> Response:
        user = known(actor, id)
        found = users.change(actor, key, id, profile)
        if isinstance(found, UserFault):
            return form(request, user, profile, user.name, found.value)
        return say(request, "users.changed", found)

    @routes.get("/admin/users/{id}/{action}")
    def ask_action(request: Request, actor: Acting, id: int, action: Action) -> Response:
        return pages.show(
            request, "people/confirm.html", user=known(actor, id), action=action.value, fault=""
        )

    @routes.post("/admin/users/{id}/{action}")
    def act(request: Request, actor: Acting, key: Keyed, id: int, action: Action) -> Response:
        user = known(actor, id)
        match action:
            case Action.RESET:
                return linked(request, users.reset(actor, key, id))
            case Action.SUSPEND:
                found = users.suspend(actor, key, id)
            case Action.RESTORE:
                found = users.restore(actor, key, id)
            case _:
                assert_never(action)
        if isinstance(found, UserFault):
            return pages.show(
                request,
                "people/confirm.html",
                422,
                user=user,
                action=action.value,
                fault=found.value,
            )
        return say(request, f"users.{action.value}-done", found)

    @routes.get("/admin/sessions")
    def all_sessions(request: Request, session: InSession, actor: Acting) -> Response:
        open_ones = [
            each
            for person in users.list(actor)
            if person.sessions
            for each in sessions.list(actor, person.user)
        ]
        open_ones.sort(key=lambda each: each.seen_at, reverse=True)
        return pages.show(request, "people/sessions.html", sessions=open_ones, own=session.id)

    @routes.post("/admin/sessions/end")
    def end(request: Request, actor: Acting, id: Annotated[int, Form()]) -> Response:
        sessions.end(actor, id)
        return done(pages.texts.text(visit_of(request).language, "security.session-ended"))

    return routes

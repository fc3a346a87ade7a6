"""Builds the application of the desk from its parts."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from starlette.types import ASGIApp

from ivr.web.desk import (
    agent,
    assets,
    audit,
    callbacks,
    components,
    home,
    join,
    login,
    passkeys,
    people,
    phone,
    provider,
    security,
    serving,
    stream,
)
from ivr.web.desk.agents import Agents, AgentServices
from ivr.web.desk.bundle import Bundle
from ivr.web.desk.errors import Errors
from ivr.web.desk.live import Live
from ivr.web.desk.login import Doors
from ivr.web.desk.pages import Pages
from ivr.web.desk.services import Services
from ivr.web.desk.shield import NO_PROXIES, Proxies, Shield
from ivr.web.desk.texts import Texts
from ivr.web.desk.visit import connected_session
from ivr.web.guard import Guard, Hosts

LARGEST = 65_536
"""Longest body of a request in bytes."""


@dataclass(frozen=True)
class Config:
    """What the settings say about the desk."""

    hosts: Hosts
    """The names under which browsers may ask for it."""
    zone: ZoneInfo
    proxies: Proxies = NO_PROXIES
    is_demo: bool = False
    """The subscribers are invented, and the desk listens on loopback only."""


def build_desk(
    config: Config,
    bundle: Bundle,
    live: Live,
    services: Services,
    contacts: AgentServices | None = None,
) -> ASGIApp:
    """Return the application with its middleware; without ``contacts`` without agents' pages."""
    pages = Pages(
        Texts.read(),
        bundle,
        config.zone,
        live,
        is_demo=config.is_demo,
        has_provider=services.identities is not None,
    )
    errors, doors = Errors(pages), Doors(pages, services)
    app = FastAPI(
        title="Desk", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.state.sessions, app.state.clock = services.sessions, services.clock
    errors.add_to(app)
    for routes in (
        assets.router(bundle),
        home.router(services),
        login.router(doors, is_demo=config.is_demo),
        join.router(doors),
        passkeys.router(doors),
        security.router(pages, services, is_demo=config.is_demo),
        people.router(pages, services),
        audit.router(pages, services),
        stream.router(live, services.sessions),
    ):
        app.include_router(routes)
    if contacts is not None:
        agents = Agents(contacts, services, live)
        relay = phone.Relay(contacts.seats)
        app.include_router(agent.router(pages, agents))
        app.include_router(serving.router(pages, agents))
        app.include_router(callbacks.router(pages, agents))
        app.include_router(phone.phone_router(relay, connected_session))
    if services.identities is not None:
        app.include_router(provider.router(doors, services.identities))
    if config.is_demo:
        app.include_router(components.router(pages))
    guarded = Guard(errors.quiet(app), LARGEST, refuse=errors.refusal)
    return Shield(guarded, config.hosts, errors.refusal, config.proxies)

"""``ivr desk``: serves the pages for agents, editors, clerks and administrators.

It is a process of its own, so that no page can make a caller wait. The line works without it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from zoneinfo import ZoneInfo

from ivr.care.worker import run_rounds
from ivr.contacts.skills import skills_of
from ivr.domain.contacts import Skills
from ivr.errors import Unusable
from ivr.processes import health
from ivr.processes.background import background, measure, stop_signal, tell_health
from ivr.settings import Settings, host_port
from ivr.store.audit import AuditTrail
from ivr.supervision.systemd import Systemd
from ivr.web.desk.app import Config, build_desk
from ivr.web.desk.bundle import Bundle
from ivr.web.desk.live import Live
from ivr.web.desk.shield import Proxies
from ivr.web.guard import Hosts
from ivr.web.protocol import Limits
from ivr.web.server import HttpServer
from ivr.wiring.contacts import Contacts, contacts, running
from ivr.wiring.container import Container, open_process, prepare_database
from ivr.wiring.staff import Staff

LIMITS = Limits(connections=2000)
"""A browser holds up to six connections."""
NO_SKILLS = Skills(frozenset())
LOOK = 1.0
"""Seconds between two looks for changes that other processes have made."""


def run(*, is_demo: bool = False) -> None:
    """Serve until SIGINT or SIGTERM."""
    container = open_process("desk.log")
    check_demo(container.settings, is_demo=is_demo)
    prepare_database(container)
    stop = stop_signal()
    live = Live()

    def renew() -> None:
        with suppress(Unusable):  # nothing is published yet
            container.release_cache.refresh()

    with ExitStack() as stack:
        agents = stack.enter_context(running(contacts(container), skills(container)))
        staff = replace(container.staff, in_call=agents.is_in_call)
        desk = server(
            container.settings, staff, live, Bundle.read(), agents=agents, is_demo=is_demo
        )
        stack.enter_context(desk)
        stack.callback(live.end)
        background(stack, "release", lambda stop: run_rounds("release", renew, stop, LOOK))
        background(stack, "changes", lambda stop: follow(container.store.audit, live, stop))
        tell_health("desk", health.of_desk(container), stack)
        measure(container, stack)
        Systemd().ready()
        print(f"desk: {container.settings.desk_address}", file=sys.stderr)
        stop.wait()


def server(
    settings: Settings,
    staff: Staff,
    live: Live,
    bundle: Bundle,
    *,
    agents: Contacts | None = None,
    is_demo: bool = False,
) -> HttpServer:
    """Build the server of the desk; do not start it. Without ``agents`` it has no agents' page."""
    host, port = host_port(settings.desk)
    config = Config(
        hosts=Hosts.of(host, settings.desk_url),
        zone=ZoneInfo(settings.timezone),
        proxies=Proxies.of(settings.desk_proxies),
        is_demo=is_demo,
    )
    return HttpServer(
        build_desk(config, bundle, live, staff, agents),
        host,
        port,
        "IVR_DESK",
        limits=LIMITS,
        has_sockets=True,
    )


def skills(container: Container) -> Callable[[str], Skills]:
    """Return the skills of agents by name, as they are stored now."""

    def find(name: str) -> Skills:
        user = container.staff.stored.users.find(name)
        return skills_of(user) if user else NO_SKILLS

    return find


def follow(audit: AuditTrail, live: Live, stop: threading.Event, pause: float = LOOK) -> None:
    """Tell open pages of what the audit gets, also from commands and other processes."""
    seen = audit.newest(1)

    def look() -> None:
        nonlocal seen
        found = audit.newest(1)
        if found != seen:
            seen = found
            live.publish("audit")
            live.publish("users")

    run_rounds("changes", look, stop, pause)


def check_demo(settings: Settings, *, is_demo: bool) -> None:
    """Unusable: the desk is off, or its open doors for the demo would be open to other machines."""
    if not settings.has_desk:
        raise Unusable(
            "IVR_DESK is off: set it to an address, as 127.0.0.1:8000, to serve the desk"
        )
    if is_demo and not settings.is_desk_local:
        raise Unusable(
            "the demo's desk is for this machine alone: set IVR_DESK to an address of loopback and"
            " IVR_DESK_URL to nothing, or start without --demo"
        )

"""Builds the health and metrics server of each process. Nothing is started here.

It is not part of ``ivr.wiring``, because the web framework takes long to load.
"""

from __future__ import annotations

import dataclasses
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from ivr import VERSION
from ivr.domain.backlog import Backlog
from ivr.ports.clock import Clock
from ivr.settings import host_port
from ivr.supervision.scoreboard import Replaced, Scoreboard, Slot
from ivr.telephony.ami import AmiLink
from ivr.web.figures import (
    Figures,
    LineState,
    Queue,
    asterisk_figures,
    backlog_figures,
    build_figures,
    line_figures,
    machine_figures,
    queue_figures,
)
from ivr.web.health import BackgroundProbe, HealthCheck, health_app
from ivr.web.protocol import Limits
from ivr.web.server import HttpServer
from ivr.wiring.container import Container

LIMITS = Limits(connections=100, body=10_000)
"""Small: there are few clients, and none sends a body."""
OWN_SLOT = "health"
"""Metrics slot of ``ivr line-health``, which takes no calls."""
ORDERS_WAIT, MESSAGES_WAIT = timedelta(minutes=10), timedelta(hours=1)
"""Ages of the oldest order and message above which the health check fails."""


def state_of(scoreboard: Scoreboard) -> LineState:
    """Return the state of a line from the scoreboard of its processes."""
    return LineState(
        calls=lambda: scoreboard.calls,
        workers=lambda: Counter(slot.state.name.lower() for slot in _used(scoreboard)),
        restarts=lambda: {why.name.lower(): scoreboard.replaced(why) for why in Replaced},
        slots=lambda: {
            OWN_SLOT,
            *(str(number) for number, slot in enumerate(scoreboard.slots) if slot.state),
        },
    )


def _used(scoreboard: Scoreboard) -> list[Slot]:
    return [slot for slot in scoreboard.slots if slot.state]


def of_line(
    container: Container,
    state: LineState,
    ami: AmiLink,
    queues: Callable[[], Sequence[Queue]] = tuple,
    listening: socket.socket | None = None,
    most_calls: Callable[[], int] | None = None,
    watched: Figures | None = None,
) -> HttpServer:
    """Build the server of the line. It is ready if a worker serves, also without database or
    Asterisk: menus and agents go on, and Asterisk may start at any time.

    ``most_calls`` returns the present bound of calls; default: that of the settings. ``watched``
    are further figures from Asterisk.
    """
    backlog = BackgroundProbe(container.store.backlog.backlog)
    most = most_calls or (lambda: container.settings.max_calls)

    def parts() -> Mapping[str, HealthCheck]:
        serving, calls = state.workers().get("serving", 0), state.calls()
        allowed = most()
        return {
            "workers": HealthCheck(serving > 0, f"{serving} serving", is_vital=True),
            "calls": HealthCheck(calls < allowed, f"{calls} of {allowed}"),
            "database": _database(backlog.answer()),
            "asterisk": _asterisk(ami),
        }

    figures = (
        *_common(container, backlog),
        line_figures(state, most, container.settings.max_calls),
        asterisk_figures(ami.connected.is_set),
        queue_figures(queues),
        *((watched,) if watched else ()),
    )
    bind = host_port(container.settings.health_bind)
    return HttpServer(
        health_app(parts, figures), *bind, "IVR_HEALTH_BIND", listening, limits=LIMITS
    )


def of_orders(container: Container, manager: AmiLink) -> HttpServer:
    """Build the server of ``ivr orders``. It is not ready without the database."""
    backlog = BackgroundProbe(container.store.backlog.backlog)

    def parts() -> Mapping[str, HealthCheck]:
        found = backlog.answer()
        return {
            "database": _vital(_database(found)),
            "orders": _waiting(found.oldest_order if found else None, ORDERS_WAIT, container.clock),
            "asterisk": _asterisk(manager),
        }

    figures = (*_common(container, backlog), asterisk_figures(manager.connected.is_set))
    bind = host_port(container.settings.orders_health_bind)
    return HttpServer(health_app(parts, figures), *bind, "IVR_ORDERS_HEALTH_BIND", limits=LIMITS)


def of_messages(container: Container) -> HttpServer:
    """Build the server of ``ivr messages send``. It is not ready without the database."""
    backlog = BackgroundProbe(container.store.backlog.backlog)

    def parts() -> Mapping[str, HealthCheck]:
        found = backlog.answer()
        return {
            "database": _vital(_database(found)),
            "messages": _waiting(
                found.oldest_message if found else None, MESSAGES_WAIT, container.clock
            ),
        }

    bind = host_port(container.settings.messages_health_bind)
    app = health_app(parts, _common(container, backlog))
    return HttpServer(app, *bind, "IVR_MESSAGES_HEALTH_BIND", limits=LIMITS)


def of_desk(container: Container) -> HttpServer:
    """Build the server of ``ivr desk``. It is not ready without the database."""
    backlog = BackgroundProbe(container.store.backlog.backlog)

    def parts() -> Mapping[str, HealthCheck]:
        return {"database": _vital(_database(backlog.answer()))}

    bind = host_port(container.settings.desk_health_bind)
    app = health_app(parts, _common(container, backlog))
    return HttpServer(app, *bind, "IVR_DESK_HEALTH_BIND", limits=LIMITS)


def _common(container: Container, backlog: BackgroundProbe[Backlog]) -> tuple[Figures, ...]:
    return (
        build_figures(VERSION),
        backlog_figures(backlog, container.clock),
        machine_figures(container.settings.home),
    )


def _database(found: Backlog | None) -> HealthCheck:
    return HealthCheck(found is not None, "does not answer" if found is None else "answers")


def _waiting(oldest: datetime | None, most: timedelta, clock: Clock) -> HealthCheck:
    """Check that the oldest entry has not waited longer than ``most``."""
    waited = clock.now() - oldest if oldest else timedelta()
    return HealthCheck(waited <= most, f"the oldest has waited {int(waited.total_seconds())} s")


def _asterisk(link: AmiLink) -> HealthCheck:
    is_well = link.connected.is_set()
    return HealthCheck(is_well, "linked" if is_well else "no management link")


def _vital(part: HealthCheck) -> HealthCheck:
    return dataclasses.replace(part, is_vital=True)

"""Follow TMF640 monitors: the progress of requests that were answered with 202.

Location names the monitor (relative, absolute, with another prefix), or the body contains it. At
the end the monitor has a final state, redirects to the service (303), or is gone; then the service
itself shows the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import from_json

from ivr.network.answer import Answer
from ivr.network.http_client import LEAST, HttpClient
from ivr.network.location import places
from ivr.network.models import activation
from ivr.network.models.activation import Monitor, MonitoredAnswer, ServiceResource
from ivr.network.models.tolerant import spelled

MONITORS = f"{activation.BASE}/monitor"
FIRST_LOOK, LONGEST_LOOK = 0.1, 1.0
"""First and longest pause in seconds between two reads."""
COMPLETED = frozenset({"completed", "complete", "done", "succeeded", "success", "finished"})
FAILED = frozenset(
    {"failed", "failure", "error", "inerror", "cancelled", "canceled", "rejected", "aborted"}
)
"""Monitor states as ``spelled``: TMF640 does not fix them; its example is InProgress."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a request. If no field is set, only the service can show the result."""

    service: ServiceResource | None = None
    is_done: bool = False
    is_refused: bool = False

    @classmethod
    def of(cls, answer: Answer) -> Ended:
        """Return the result in an answer that is no monitor: a service, or nothing."""
        return cls(_service(answer.body))


def followed(
    wire: HttpClient, answer: Answer, until: float, sleep: Callable[[float], None]
) -> Ended:
    """Follow the monitor of a 202 to its end. TemporarilyUnavailable: it does not end in time."""
    monitor = _monitor(answer)
    named = answer.location or (monitor.href if monitor else None) or ""
    at = list(places(named, answer.url, wire.base, MONITORS))
    if monitor is not None and monitor.id:
        at += places(monitor.id, answer.url, wire.base, MONITORS)[-1:]
    if not at:
        return Ended.of(answer)  # no monitor: only the service can show the result
    pause = FIRST_LOOK
    ended = _end(monitor) if monitor else None
    while ended is None:
        place, there = _look(wire, at, until)
        at = [place]
        if there.missing or there.status == 410:
            return Ended()  # the network deletes monitors after the end
        if there.status >= 300:
            raise wire.unavailable(f"it answers with status {there.status}")
        monitor = _monitor(there)
        ended = _end(monitor) if monitor else Ended.of(there)  # redirected to the service
        if ended is None and time.monotonic() + pause + LEAST > until:
            raise wire.unavailable("the service is still being switched")
        if ended is None:
            sleep(pause)
            pause = min(pause * 2, LONGEST_LOOK)
    return ended


def _look(wire: HttpClient, places: list[str], until: float) -> tuple[str, Answer]:
    """Return the first place that answers, and its answer; otherwise the last place's."""
    for place in places:
        answer = wire.get(place, until)
        if answer.status < 300:
            break
    return place, answer


def _monitor(answer: Answer) -> Monitor | None:
    """Return the monitor in an answer; None: it is something else, such as the service."""
    try:
        document = answer.document()
        found = Monitor.model_validate(document)
    except (ValidationError, ValueError):
        return None
    is_service = "serviceSpecification" in document or "serviceCharacteristic" in document
    return None if is_service else found


def _end(monitor: Monitor) -> Ended | None:
    """Return the result according to a monitor; None: the request has not ended."""
    response = monitor.response or MonitoredAnswer()
    state, status = spelled(monitor.state or ""), _status(response.status_code)
    if state in FAILED or (status or 0) >= 400:
        return Ended(is_refused=True)
    if state not in COMPLETED and (state or status is None):
        return None
    service = _service((response.body or "").encode())
    return Ended(service, is_done=True)


def _status(text: str | None) -> int | None:
    """Parse ``201``, ``"201"`` or ``"201 Created"``; None: it is no status."""
    first = (text or "").strip().partition(" ")[0]
    return int(first) if first.isascii() and first.isdecimal() and len(first) == 3 else None


def _service(body: bytes) -> ServiceResource | None:
    try:
        document = from_json(body) if body.strip() else None
        return ServiceResource.model_validate(document) if document else None
    except (ValidationError, ValueError):
        return None

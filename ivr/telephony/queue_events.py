"""Events of Asterisk's queues as typed events of calls with agents."""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.domain.contacts import (
    AgentCompleted,
    AgentConnected,
    AgentNotAnswered,
    AgentRang,
    CallJoined,
    CallLeft,
    QueueEvent,
    QueuesStarted,
    SeatUnreachable,
)
from ivr.telephony.ami import Event, Listener
from ivr.telephony.queue import call_of

_SEAT = re.compile(r"(?:PJSIP/)?(seat-[0-9]{2,3})")
_AWAY = frozenset({"Unreachable", "Removed", "NonQualified"})
"""States of a phone's contact in which it cannot be rung."""


def seat_in(interface: str) -> str:
    """Return the seat of a queue member ``PJSIP/seat-01``; "" for another phone."""
    found = _SEAT.fullmatch(interface)
    return found[1] if found else ""


def queue_event(name: str, event: Event) -> QueueEvent | None:
    """Return the typed event; None for events of other phones and of other kinds."""
    seat, call = seat_in(event.get("Interface", "")), call_of(event)
    queue, channel = event.get("Queue", ""), event.get("Channel", "")
    match name:
        case "FullyBooted":
            return QueuesStarted()
        case "ContactStatus":
            phone = seat_in(event.get("EndpointName", ""))
            is_away = event.get("ContactStatus") in _AWAY
            return SeatUnreachable(phone) if phone and is_away else None
        case "QueueCallerJoin" if call:
            return CallJoined(call, queue, channel, _caller(event))
        case "QueueCallerAbandon" if call:
            return CallLeft(call, is_abandoned=True)
        case "QueueCallerLeave" if call:
            return CallLeft(call, is_abandoned=False)
        case "AgentCalled" if call and seat:
            return AgentRang(call, seat, queue, channel, _caller(event))
        case "AgentConnect" if call and seat:
            return AgentConnected(call, seat, queue, int(event.get("HoldTime") or 0))
        case "AgentComplete" if call and seat:
            return AgentCompleted(call, seat)
        case "AgentRingNoAnswer" if call and seat:
            return AgentNotAnswered(call, seat)
        case _:
            return None


def hear_queues(hear: Callable[[QueueEvent], None]) -> Listener:
    """Return an ``AmiLink`` listener that passes typed events on. ``hear`` must not wait."""

    def listen(name: str, event: Event) -> None:
        if (typed := queue_event(name, event)) is not None:
            hear(typed)

    return listen


def _caller(event: Event) -> str:
    number = event.get("CallerIDNum", "")
    return "" if number == "<unknown>" else number

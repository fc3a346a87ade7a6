"""The states of an agent, as a pure function of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from ivr.domain.presence import (
    AgentState,
    AgentStatus,
    Answered,
    CheckedIn,
    CheckedOut,
    Described,
    Ended,
    Heartbeat,
    NotAnswered,
    Paused,
    PauseReason,
    PresenceEvent,
    PresenceRules,
    Rang,
    SleepReason,
    StoppedRinging,
    Tick,
    Unreachable,
    WentReady,
    WrapUpExtended,
)

RULES = PresenceRules()
IN_CALL = frozenset({AgentState.RINGING, AgentState.TALKING, AgentState.WRAP_UP})
WAKES = frozenset({SleepReason.HEARTBEAT.value, SleepReason.UNREACHABLE.value})
"""Reasons of a sleep that ends with the next heartbeat."""


def offline(at: datetime) -> AgentStatus:
    """Return the state of an agent who is not there."""
    return AgentStatus(AgentState.OFFLINE, at)


def advance(
    status: AgentStatus, event: PresenceEvent, at: datetime, rules: PresenceRules = RULES
) -> AgentStatus:
    """Return the state after an event. An event that does not fit the state changes nothing:
    Asterisk's events and those of the page may come in any order."""
    state, call = status.state, status.call
    match event:
        case CheckedIn():
            alive = replace(status, beat=at, leaves=False)
            is_away = state in (AgentState.OFFLINE, AgentState.ASLEEP)
            return _to(alive, AgentState.READY, at) if is_away else alive
        case WentReady():
            alive = replace(status, beat=at, after="", leaves=False)
            is_back = state in (AgentState.PAUSED, AgentState.ASLEEP, AgentState.WRAP_UP)
            return _to(alive, AgentState.READY, at) if is_back else alive
        case Paused(reason=reason):
            if state in IN_CALL:
                return replace(status, after=reason.value)
            if state is AgentState.OFFLINE:
                return status
            return _to(status, AgentState.PAUSED, at, reason.value)
        case Heartbeat(has_microphone=has_microphone):
            return _beaten(replace(status, beat=at), at, has_microphone=has_microphone)
        case Rang(call=rung):
            is_taken = state in (AgentState.OFFLINE, AgentState.TALKING)
            return status if is_taken else _to(status, AgentState.RINGING, at, call=rung)
        case Answered(call=answered):
            if state is AgentState.TALKING and call == answered:
                return status
            return _to(status, AgentState.TALKING, at, call=answered)
        case Ended(call=ended):
            if state is AgentState.TALKING and call == ended:
                until = at + rules.wrap_up
                return replace(_to(status, AgentState.WRAP_UP, at, call=call), until=until)
            return _rested(status, at) if state is AgentState.RINGING and call == ended else status
        case StoppedRinging(call=stopped):
            is_mine = state is AgentState.RINGING and call == stopped
            return _rested(status, at) if is_mine else status
        case NotAnswered(call=missed):
            is_mine = state is AgentState.RINGING and call == missed
            if is_mine or state is AgentState.READY:
                return _asleep(status, SleepReason.NO_ANSWER, at)
            return status
        case WrapUpExtended(until=until):
            return replace(status, until=until) if state is AgentState.WRAP_UP else status
        case Described(call=described):
            is_mine = state is AgentState.WRAP_UP and call == described
            return _rested(status, at) if is_mine else status
        case Unreachable():
            is_waiting = state in (AgentState.READY, AgentState.RINGING)
            return _asleep(status, SleepReason.UNREACHABLE, at) if is_waiting else status
        case CheckedOut():
            if state is AgentState.TALKING:
                return replace(status, leaves=True)
            return status if state is AgentState.OFFLINE else offline(at)
        case Tick():
            return _aged(status, at, rules)
        case _:
            assert_never(event)


def _beaten(status: AgentStatus, at: datetime, *, has_microphone: bool) -> AgentStatus:
    """Return the state after a sign of life."""
    state, reason = status.state, status.reason
    if state is AgentState.ASLEEP and reason in WAKES:
        status = _to(status, AgentState.READY, at)
    is_deaf = state is AgentState.PAUSED and reason == PauseReason.MICROPHONE
    if is_deaf and has_microphone:
        return _to(status, AgentState.READY, at)
    if status.state is AgentState.READY and not has_microphone:
        return _to(status, AgentState.PAUSED, at, PauseReason.MICROPHONE.value)
    return status


def _aged(status: AgentStatus, at: datetime, rules: PresenceRules) -> AgentStatus:
    """Return the state after time has passed."""
    if status.state is AgentState.WRAP_UP and status.until is not None and at >= status.until:
        status = _rested(status, at)
    if status.state is AgentState.READY and not status.is_alive(at, rules):
        status = _asleep(status, SleepReason.HEARTBEAT, at)
    is_idle = status.state in (AgentState.PAUSED, AgentState.ASLEEP)
    if is_idle and at - (status.beat or status.since) > rules.offline:
        return offline(at)
    return status


def _rested(status: AgentStatus, at: datetime) -> AgentStatus:
    """Return the state after a call."""
    if status.leaves:
        return offline(at)
    if status.after:
        return _to(status, AgentState.PAUSED, at, status.after)
    return _to(status, AgentState.READY, at)


def _asleep(status: AgentStatus, reason: SleepReason, at: datetime) -> AgentStatus:
    return _to(status, AgentState.ASLEEP, at, reason.value)


def _to(
    status: AgentStatus, state: AgentState, at: datetime, reason: str = "", call: str = ""
) -> AgentStatus:
    """Return a new state; in a call, what follows the call is remembered."""
    is_new = (state, reason, call) != (status.state, status.reason, status.call)
    return AgentStatus(
        state,
        at if is_new else status.since,
        reason,
        call,
        status.beat,
        after=status.after if state in IN_CALL else "",
        leaves=status.leaves and state in IN_CALL,
    )


class Availability(StrEnum):
    """What Asterisk must know of an agent."""

    FREE = "free"
    """A call may ring, if the phone is free."""
    BUSY = "busy"
    """No call may ring; callers wait for this agent."""
    AWAY = "away"
    """No call may ring; callers do not wait for this agent."""
    ABSENT = "absent"
    """The seat is in no queue."""


def availability(status: AgentStatus) -> Availability:
    """Return what Asterisk must know of an agent in this state."""
    match status.state:
        case AgentState.READY | AgentState.RINGING:
            return Availability.FREE
        case AgentState.TALKING | AgentState.WRAP_UP:
            return Availability.BUSY
        case AgentState.PAUSED | AgentState.ASLEEP:
            return Availability.AWAY
        case AgentState.OFFLINE:
            return Availability.ABSENT
        case _:
            assert_never(status.state)

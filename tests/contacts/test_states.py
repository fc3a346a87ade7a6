"""The states of an agent: what each event makes of them, in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contacts.states import RULES, Availability, advance, availability, offline
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
    Rang,
    SleepReason,
    StoppedRinging,
    Tick,
    Unreachable,
    WentReady,
    WrapUpExtended,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
R, T, W = AgentState.RINGING, AgentState.TALKING, AgentState.WRAP_UP


def after(*events: PresenceEvent, status: AgentStatus | None = None) -> AgentStatus:
    """The state after events, one a second."""
    status = status or offline(NOW)
    for second, event in enumerate(events, 1):
        status = advance(status, event, NOW + second * SECOND)
    return status


CALL = (CheckedIn(), Rang("c1"), Answered("c1"), Ended("c1"))


@pytest.mark.parametrize(
    ("events", "state", "reason"),
    [
        ([CheckedIn()], AgentState.READY, ""),
        (CALL[:2], AgentState.RINGING, ""),
        (CALL[:3], AgentState.TALKING, ""),
        (CALL, AgentState.WRAP_UP, ""),
        ([*CALL, Described("c1")], AgentState.READY, ""),
        ([*CALL, Described("c0")], AgentState.WRAP_UP, ""),
        ([*CALL, WentReady()], AgentState.READY, ""),
        ([*CALL[:3], Paused(PauseReason.LUNCH)], AgentState.TALKING, ""),
        ([*CALL[:3], Paused(PauseReason.LUNCH), Ended("c1")], AgentState.WRAP_UP, ""),
        (
            [*CALL, Paused(PauseReason.LUNCH), Described("c1")],
            AgentState.PAUSED,
            PauseReason.LUNCH,
        ),
        ([*CALL[:2], StoppedRinging("c1")], AgentState.READY, ""),
        ([*CALL[:2], StoppedRinging("c0")], AgentState.RINGING, ""),
        ([*CALL[:2], NotAnswered("c1")], AgentState.ASLEEP, SleepReason.NO_ANSWER),
        ([*CALL[:2], NotAnswered("c1"), Heartbeat()], AgentState.ASLEEP, SleepReason.NO_ANSWER),
        ([*CALL[:2], NotAnswered("c1"), WentReady()], AgentState.READY, ""),
        ([CheckedIn(), Unreachable()], AgentState.ASLEEP, SleepReason.UNREACHABLE),
        ([CheckedIn(), Unreachable(), Heartbeat()], AgentState.READY, ""),
        ([*CALL[:3], Unreachable()], AgentState.TALKING, ""),
        ([CheckedIn(), Heartbeat(False)], AgentState.PAUSED, PauseReason.MICROPHONE),
        ([CheckedIn(), Heartbeat(False), Heartbeat()], AgentState.READY, ""),
        ([*CALL[:3], CheckedOut()], AgentState.TALKING, ""),
        ([*CALL, CheckedOut()], AgentState.OFFLINE, ""),
        ([CheckedIn(), Answered("c1")], AgentState.TALKING, ""),
        ([*CALL[:3], Ended("c0")], AgentState.TALKING, ""),
        ([WentReady()], AgentState.OFFLINE, ""),
        ([Rang("c1")], AgentState.OFFLINE, ""),
    ],
)
def test_a_state_follows(events: list[PresenceEvent], state: AgentState, reason: str) -> None:
    found = after(*events)
    assert (found.state, found.reason) == (state, reason)


def test_a_page_that_stops_is_asleep_after_six_seconds_and_wakes_with_it() -> None:
    ready = after(CheckedIn())
    assert ready.beat is not None
    assert advance(ready, Tick(), ready.beat + RULES.heartbeat).state is AgentState.READY
    late = ready.beat + RULES.heartbeat + SECOND
    asleep = advance(ready, Tick(), late)
    assert (asleep.state, asleep.reason) == (AgentState.ASLEEP, SleepReason.HEARTBEAT)
    assert advance(asleep, Heartbeat(), late).state is AgentState.READY
    assert advance(asleep, Tick(), late + RULES.offline).state is AgentState.OFFLINE


def test_a_wrap_up_ends_by_itself_and_may_be_extended() -> None:
    wrap_up = after(*CALL)
    assert wrap_up.until is not None
    alive = replace(wrap_up, beat=wrap_up.until)
    assert advance(alive, Tick(), wrap_up.until - SECOND).state is AgentState.WRAP_UP
    assert advance(alive, Tick(), wrap_up.until).state is AgentState.READY
    longer = advance(alive, WrapUpExtended(wrap_up.until + SECOND), wrap_up.until)
    assert advance(longer, Tick(), wrap_up.until).state is AgentState.WRAP_UP
    gone = wrap_up.until + RULES.heartbeat + SECOND
    assert advance(alive, Tick(), gone).state is AgentState.ASLEEP


def test_who_logs_out_in_a_talk_is_offline_after_the_wrap_up() -> None:
    left = after(*CALL[:3], CheckedOut(), Ended("c1"))
    assert left.state is AgentState.WRAP_UP
    assert advance(left, Described("c1"), NOW + 9 * SECOND).state is AgentState.OFFLINE


CALLS = st.sampled_from(["c1", "c2"])
EVENTS = st.one_of(
    st.sampled_from([CheckedIn(), WentReady(), Unreachable(), CheckedOut(), Tick()]),
    st.builds(Paused, st.sampled_from(PauseReason)),
    st.builds(Heartbeat, st.booleans()),
    *(st.builds(kind, CALLS) for kind in (Rang, Answered, Ended, StoppedRinging, NotAnswered)),
    st.builds(Described, CALLS),
    st.builds(WrapUpExtended, st.integers(0, 99).map(lambda second: NOW + second * SECOND)),
)
STREAM = st.lists(st.tuples(EVENTS, st.integers(0, 20)), max_size=40)


@given(STREAM)
def test_whatever_happens_a_state_makes_sense(stream: list[tuple[PresenceEvent, int]]) -> None:
    status, at = offline(NOW), NOW
    for event, seconds in stream:
        at += seconds * SECOND
        before, status = status, advance(status, event, at)
        assert status.since <= at
        assert bool(status.call) == (status.state in (R, T, W))
        assert bool(status.reason) == (status.state in (AgentState.PAUSED, AgentState.ASLEEP))
        assert (status.until is None) == (status.state is not W)
        if before.state is T and status.state is not T:
            assert isinstance(event, Ended)
        if (before.state, before.reason, before.call) == (
            status.state,
            status.reason,
            status.call,
        ):
            assert status.since == before.since or isinstance(event, Heartbeat)


@given(STREAM, st.integers(7, 60))
def test_after_any_silence_nobody_who_is_not_there_gets_a_call(
    stream: list[tuple[PresenceEvent, int]], silence: int
) -> None:
    status, at = offline(NOW), NOW
    for event, seconds in stream:
        at += seconds * SECOND
        status = advance(status, event, at)
    rested = advance(status, Tick(), at + silence * SECOND)
    if rested.state is not R:
        assert availability(rested) is not Availability.FREE

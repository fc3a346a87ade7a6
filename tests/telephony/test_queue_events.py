"""Events of Asterisk's queues become typed events, as Asterisk tells them."""

from __future__ import annotations

import pytest

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
from ivr.telephony.queue_events import queue_event, seat_in

CALL = "ivr83aa05-1795531970.12"
CHANNEL = "PJSIP/trunk-00000001"
OF_CALLER = {
    "Queue": "agents-ru",
    "Channel": CHANNEL,
    "CallerIDNum": "99365123456",
    "ChanVariable(IVR_CALL)": CALL,
}
OF_SEAT = {
    **OF_CALLER,
    "Interface": "PJSIP/seat-01",
    "MemberName": "gozel",
    "DestChanVariable(IVR_CALL)": CALL,
}


@pytest.mark.parametrize(
    ("name", "fields", "event"),
    [
        (
            "QueueCallerJoin",
            OF_CALLER,
            CallJoined(CALL, "agents-ru", CHANNEL, "99365123456"),
        ),
        (
            "QueueCallerJoin",
            {**OF_CALLER, "CallerIDNum": "<unknown>"},
            CallJoined(CALL, "agents-ru", CHANNEL, ""),
        ),
        ("QueueCallerLeave", OF_CALLER, CallLeft(CALL, is_abandoned=False)),
        ("QueueCallerAbandon", OF_CALLER, CallLeft(CALL, is_abandoned=True)),
        ("AgentCalled", OF_SEAT, AgentRang(CALL, "seat-01", "agents-ru", CHANNEL, "99365123456")),
        (
            "AgentConnect",
            {**OF_SEAT, "HoldTime": "72"},
            AgentConnected(CALL, "seat-01", "agents-ru", 72),
        ),
        ("AgentComplete", OF_SEAT, AgentCompleted(CALL, "seat-01")),
        ("AgentRingNoAnswer", OF_SEAT, AgentNotAnswered(CALL, "seat-01")),
        (
            "ContactStatus",
            {"EndpointName": "seat-07", "ContactStatus": "Unreachable"},
            SeatUnreachable("seat-07"),
        ),
        ("FullyBooted", {}, QueuesStarted()),
    ],
)
def test_an_event_is_understood(name: str, fields: dict[str, str], event: QueueEvent) -> None:
    assert queue_event(name, fields) == event


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("AgentCalled", {**OF_SEAT, "Interface": "PJSIP/agent1"}),
        ("AgentConnect", {"Interface": "PJSIP/seat-01", "Queue": "agents"}),
        ("QueueCallerJoin", {"Queue": "agents"}),
        ("ContactStatus", {"EndpointName": "seat-01", "ContactStatus": "Reachable"}),
        ("ContactStatus", {"EndpointName": "agent1", "ContactStatus": "Unreachable"}),
        ("QueueMemberPause", OF_SEAT),
    ],
)
def test_what_is_of_no_seat_is_passed_over(name: str, fields: dict[str, str]) -> None:
    assert queue_event(name, fields) is None


@pytest.mark.parametrize("interface", ["", "PJSIP/seat-1", "PJSIP/seat-01x", "PJSIP/x-seat-01"])
def test_another_phone_is_no_seat(interface: str) -> None:
    assert seat_in(interface) == ""

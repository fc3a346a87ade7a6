"""What the agents' queue does is told to the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from queue import SimpleQueue

import pytest
import structlog

from ivr.call import Call, Outcome
from ivr.errors import TemporarilyUnavailable
from ivr.telephony.queue import journal_of_queue
from ivr.testing.clock import FixedClock
from tests.telephony.manager import FakeManager
from tests.telephony.test_ami import SECONDS, linked

CONNECT = (
    b"Event: AgentConnect\r\nPrivilege: agent,all\r\nChannel: PJSIP/trunk-00000001\r\n"
    b"ChanVariable: IVR_CALL=ivr83aa05-1795531970.12\r\nChanVariable: IVR_LANGUAGE=tk\r\n"
    b"ChanVariable: IVR_REASON=asked\r\nDestChannel: PJSIP/agent1-00000002\r\n"
    b"DestChanVariable: IVR_CALL=ivr83aa05-1795531970.12\r\nQueue: agents\r\n"
    b"Interface: PJSIP/agent1\r\nMemberName: agent1\r\nHoldTime: 3\r\nRingTime: 2\r\n\r\n"
)
ABANDON = (
    b"Event: QueueCallerAbandon\r\nPrivilege: agent,all\r\nChannel: PJSIP/trunk-00000003\r\n"
    b"ChanVariable: IVR_CALL=ivr83aa05-1795531975.20\r\nQueue: agents\r\nPosition: 1\r\n"
    b"OriginalPosition: 1\r\nHoldTime: 8\r\n\r\n"
)
STRANGE = (
    b"Event: AgentConnect\r\nChannel: SIP/other\r\nMemberName: agent1\r\n\r\n"
    b"Event: QueueCallerAbandon\r\nChanVariable: IVR_CALL=\r\n\r\n"
    b"Event: QueueCallerJoin\r\nChanVariable: IVR_CALL=ivr-9.9\r\n\r\n"
)
"""Events of other calls, and of other kinds."""


class HeardJournal:
    """A journal that keeps what it is told of agents."""

    def __init__(self, *, out_of_order: bool = False) -> None:
        self.told: SimpleQueue[tuple[str, str, str]] = SimpleQueue()
        self.out_of_order = out_of_order

    def begin(self, call: Call) -> None:
        raise AssertionError

    def end(self, call: Call, outcome: Outcome, at: datetime) -> None:
        raise AssertionError

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        self.told.put((call, event, agent))
        if self.out_of_order:
            raise TemporarilyUnavailable("database")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, tzinfo=UTC))


def test_connected_and_abandoned_calls_are_noted_as_asterisk_tells_them(clock: FixedClock) -> None:
    journal = HeardJournal()
    with FakeManager() as manager, linked(manager) as link:
        link.listen_to(journal_of_queue(journal, clock))
        assert link.connected.wait(SECONDS)
        manager.tell(STRANGE + CONNECT + STRANGE + ABANDON)
        assert journal.told.get(timeout=SECONDS) == (
            "ivr83aa05-1795531970.12",
            "connected",
            "agent1",
        )
        assert journal.told.get(timeout=SECONDS) == ("ivr83aa05-1795531975.20", "abandoned", "")
    assert journal.told.empty()


def test_a_database_that_does_not_answer_does_not_end_the_listening(clock: FixedClock) -> None:
    journal = HeardJournal(out_of_order=True)
    with (
        structlog.testing.capture_logs() as logs,
        FakeManager() as manager,
        linked(manager) as link,
    ):
        link.listen_to(journal_of_queue(journal, clock))
        assert link.connected.wait(SECONDS)
        manager.tell(CONNECT + ABANDON)
        journal.told.get(timeout=SECONDS)
        journal.told.get(timeout=SECONDS)
        assert link.action("Ping")["Response"] == "Success"
    assert sum("not in the journal" in str(line["event"]) for line in logs) == 2

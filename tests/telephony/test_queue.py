"""What the agents' queue does is told to the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import SimpleQueue

import pytest
import structlog

from ivr.domain.call import Call, CallOutcome
from ivr.errors import TemporarilyUnavailable
from ivr.telephony.ami import AmiLink
from ivr.telephony.queue import QueueState, QueueStatus, journal_of_queue
from ivr.testing.clock import FixedClock
from tests.telephony.manager import FakeManager
from tests.telephony.test_ami import SECONDS, linked
from tests.waiting import until

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

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
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


SUMMARY = b"Event: QueueSummary\r\nQueue: %s\r\nLoggedIn: 3\r\nAvailable: %d\r\nCallers: 2\r\n"
SUMMARY += b"HoldTime: 4\r\nTalkTime: 9\r\nLongestHoldTime: 17\r\n\r\n"
COMPLETE = b"Event: QueueSummaryComplete\r\nEventList: Complete\r\nListItems: 2\r\n\r\n"
BOOTED = b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n"


@contextmanager
def followed(link: AmiLink) -> Iterator[QueueStatus]:
    queue_status, stop = QueueStatus(link), threading.Event()
    thread = threading.Thread(target=queue_status.follow, args=(stop,))
    thread.start()
    yield queue_status
    stop.set()
    thread.join(SECONDS)


def names(queue_status: QueueStatus) -> list[str]:
    return [queue.name for queue in queue_status.queues]


def test_the_board_shows_every_queue_once_all_were_told() -> None:
    with FakeManager() as manager, linked(manager) as link, followed(link) as queue_status:
        until(lambda: manager.seen("QueueSummary") > 0)
        manager.tell(SUMMARY % (b"b", 1) + SUMMARY % (b"a", 3))
        assert link.action("Ping")["Response"] == "Success"
        assert names(queue_status) == []
        manager.tell(COMPLETE)
        until(lambda: names(queue_status) == ["a", "b"])
        first, second = queue_status.queues
        assert first == QueueState("a", waiting=2, longest_wait=17, available=3, busy=0)
        assert (second.name, second.busy) == ("b", 2)


def test_the_board_is_empty_while_the_link_is_down_and_asks_anew_when_it_is_back() -> None:
    with FakeManager() as manager, linked(manager) as link, followed(link) as queue_status:
        until(lambda: manager.seen("QueueSummary") > 0)
        manager.tell(SUMMARY % (b"a", 1) + COMPLETE)
        until(lambda: len(queue_status.queues) == 1)
        before = manager.seen("QueueSummary")
        manager.cut()
        until(lambda: not queue_status.queues)
        assert link.connected.wait(SECONDS)
        manager.tell(SUMMARY % (b"half", 1) + BOOTED)
        until(lambda: manager.seen("QueueSummary") > before)
        manager.tell(SUMMARY % (b"a", 1) + COMPLETE)
        until(lambda: names(queue_status) == ["a"])


def test_a_manager_without_queues_is_asked_again() -> None:
    refusing = FakeManager(
        answers=lambda fields: (
            b"Response: Error\r\nMessage: Invalid/unknown command\r\n"
            if fields["Action"] == "QueueSummary"
            else b"Response: Success\r\n"
        )
    )
    with refusing as manager, linked(manager) as link, followed(link) as queue_status:
        until(lambda: manager.seen("QueueSummary") > 1)
        assert queue_status.queues == ()

"""The age of the oldest calls and the agents with a pause, as a management link tells them."""

from __future__ import annotations

import threading

import pytest

from ivr.telephony.longest import CallAges, seconds
from tests.telephony.manager import FakeManager
from tests.telephony.test_ami import SECONDS, linked
from tests.telephony.test_queue import followed
from tests.waiting import until

CHANNEL = "Event: CoreShowChannel\r\nChannel: %s\r\nDuration: %s\r\nBridgeId: %s\r\n\r\n"
SHOWN = [
    ("PJSIP/trunk-00000001", "00:02:05", ""),
    ("PJSIP/trunk-mobile-00000002", "01:00:07", ""),
    ("PJSIP/trunk-00000003", "27:00:00", "8f"),
    ("PJSIP/agent1-00000004", "99:00:00", "8f"),
    ("Local/s@say-1;1", "98:00:00", ""),
]
ALL = b"Event: CoreShowChannelsComplete\r\nEventList: Complete\r\n\r\n"
MEMBERS = b"".join(
    b"Event: QueueMember\r\nQueue: agents\r\nName: agent%d\r\nPaused: %d\r\n\r\n" % (number, paused)
    for number, paused in ((1, 1), (2, 0), (3, 1))
)


def test_the_oldest_caller_of_each_kind_is_told() -> None:
    with FakeManager() as manager, linked(manager) as link:
        ages, stop = CallAges(link), threading.Event()
        assert link.connected.wait(SECONDS)
        thread = threading.Thread(target=ages.follow, args=(stop,))
        thread.start()
        until(lambda: manager.seen("CoreShowChannels") > 0)
        manager.tell("".join(CHANNEL % each for each in SHOWN).encode() + ALL)
        until(lambda: ages.oldest == {"line": 3607, "agent": 97_200})
        stop.set()
        thread.join(SECONDS)
    until(lambda: ages.oldest == {})


def test_agents_with_a_pause_are_counted() -> None:
    with FakeManager() as manager, linked(manager) as link, followed(link) as queue_status:
        until(lambda: manager.seen("QueueSummary") > 0)
        assert queue_status.paused is None
        manager.tell(MEMBERS + b"Event: QueueStatusComplete\r\n\r\n")
        until(lambda: queue_status.paused == 2)


@pytest.mark.parametrize("bad", ["", "1:2", "a:b:c"])
def test_an_age_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|invalid"):
        seconds(bad)

"""The worker, the link and the centre together, over real TCP: what a centre's bad days cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.care.messages import MessageWorker
from ivr.care.notices import Notices, NoticeWriter
from ivr.care.results import ResultNotifier
from ivr.domain.messages import MessageState
from ivr.domain.values import Msisdn
from ivr.network import smpp
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscBehaviour, SmscSimulator
from ivr.system.clock import SystemClock
from ivr.testing.attempts import MemoryAttempts
from ivr.testing.facts import MemoryFacts
from ivr.testing.messages import MemoryOutbox, MemoryPromises
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.prompts import EchoPrompts
from ivr.testing.subscribers import MemorySubscribers
from tests.waiting import until

NUMBER = Msisdn("99365123456")
SHORT, LONG = "Done.", "Заявка выполнена. " * 12


class Desk:
    """A worker that runs, and a centre whose mood may be changed."""

    def __init__(self, file: Path) -> None:
        self.smsc = SmscSimulator(file)
        self.smsc.start()
        self.outbox = MemoryOutbox()
        subscribers = MemorySubscribers()
        book = MemoryOrderRepository(subscribers)
        promises = MemoryPromises(book)
        facts = MemoryFacts(book, subscribers, MemoryAttempts(), self.outbox)
        notices = Notices(subscribers, self.outbox, EchoPrompts())
        self.worker = MessageWorker(
            self.outbox,
            SmppCentre(Address("ivr", "127.0.0.1", self.smsc.port), "", "0890"),
            subscribers,
            lambda: ResultNotifier(promises, self.outbox, EchoPrompts()),
            SystemClock(),
            a_day=1_000,
            notices=NoticeWriter(facts, lambda: notices, SystemClock()),
            notices_a_day=1_000,
        )

    def until_sent(self) -> None:
        rows = self.outbox.rows
        until(lambda: not any(row.state is MessageState.WAITING for row in rows.values()))

    def shown(self, body: str) -> int:
        """How many times the phone shows a text."""
        return sum(received.words == body for received in self.smsc.received(NUMBER))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # Longer than a busy machine may take to answer: what is sent again is shown twice.
    monkeypatch.setattr(smpp, "DEADLINE", 3.0)
    monkeypatch.setattr(smpp, "PATIENCE", 3.0)
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr("ivr.care.messages.FIRST_RETRY", 0.05)
    monkeypatch.setattr("ivr.care.messages.IDLE", 0.05)
    desk = Desk(tmp_path / "smsc.sqlite")
    stop = threading.Event()
    thread = threading.Thread(target=desk.worker.run, args=(stop,))
    thread.start()
    yield desk
    stop.set()
    thread.join(10)
    desk.smsc.close()
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "mood",
    [
        SmscBehaviour.THROTTLES,
        SmscBehaviour.SILENT,
        SmscBehaviour.DROPS,
        SmscBehaviour.FORGETS,
        SmscBehaviour.LATE,
    ],
)
@pytest.mark.parametrize("body", [SHORT, LONG], ids=["short", "long"])
def test_a_bad_day_loses_nothing(desk: Desk, mood: SmscBehaviour, body: str) -> None:
    desk.smsc.mood, desk.smsc.delay = mood, 0.1
    desk.outbox.put(NUMBER, body, "order:1")
    until(lambda: desk.smsc.asked > 0)
    desk.smsc.mood = SmscBehaviour.TAKES
    desk.until_sent()
    # Only where the centre took it and could not say so may the phone show it again.
    assert desk.shown(body) >= 1
    if mood is not SmscBehaviour.FORGETS:
        assert desk.shown(body) == 1


def test_a_centre_that_is_restarted_in_the_middle_gets_all_the_rest_once(desk: Desk) -> None:
    desk.smsc.mood, desk.smsc.delay = SmscBehaviour.LATE, 0.01
    bodies = [f"{index}: {LONG}" for index in range(12)]
    for body in bodies:
        desk.outbox.put(NUMBER, body, f"order:{body}")
    until(lambda: desk.smsc.asked >= 10)
    desk.smsc.close()
    desk.smsc.start()
    desk.until_sent()
    assert all(desk.shown(body) >= 1 for body in bodies)
    # At most the one part that was in the air came twice, and a phone shows its text once.
    assert sum(desk.shown(body) for body in bodies) == len(bodies)


def test_receipts_reach_the_outbox(desk: Desk) -> None:
    desk.outbox.put(NUMBER, LONG, "order:1")
    until(lambda: desk.outbox.rows["order:1"].state is MessageState.DELIVERED)
    desk.smsc.arrives = False
    desk.outbox.put(NUMBER, SHORT, "order:2")
    until(lambda: desk.outbox.rows["order:2"].state is MessageState.UNDELIVERED)


def test_a_thousand_messages_are_sent_once_each(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "PATIENCE", 30.0)  # the centre is well, if the machine is busy
    for index in range(1_000):
        desk.outbox.put(NUMBER, SHORT, f"order:{index}")
    desk.until_sent()
    assert desk.shown(SHORT) == 1_000

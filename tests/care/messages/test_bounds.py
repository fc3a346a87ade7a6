"""Bounds of text messages; nothing is lost."""

from __future__ import annotations

import dataclasses
import threading
from contextlib import suppress
from datetime import datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.messages import GIVE_UP
from ivr.domain.messages import Message, MessageState, NotEver, NotNow, Receipts, Taken
from ivr.domain.subscriber import Status
from ivr.errors import TemporarilyUnavailable
from ivr.testing.demo import NUMBER, OTHER, subscriber
from ivr.testing.messages import FakeCentre
from tests.care.desk import DOWN, STRANGER, Death, Desk, fail_to_identify


class TestCaps:
    def test_over_the_cap_of_a_day_a_message_waits_and_goes_the_next_day(self) -> None:
        desk = Desk(a_day=2)
        for name in ("advice:1", "advice:2", "advice:3"):
            desk.put(name)
        desk.put("advice:4", OTHER)
        desk.put("order:1")
        assert desk.worker.once() == 4
        assert desk.state("advice:3") is MessageState.CAPPED
        desk.clock.sleep(23 * 3600)
        assert desk.worker.once() == 0
        desk.clock.sleep(3600 + 1)
        assert desk.worker.once() == 1
        assert desk.state("advice:3") is MessageState.SENT

    def test_a_warning_goes_once_an_hour_beside_all_caps(self) -> None:
        desk = Desk(a_day=1)
        for name in ("advice:1", "warning:1", "warning:2"):
            desk.put(name)
        assert desk.worker.once() == 2
        assert desk.state("warning:2") is MessageState.DROPPED
        desk.clock.sleep(3601)
        desk.put("warning:3")
        assert desk.worker.once() == 1

    def test_a_code_goes_beside_all_caps(self) -> None:
        desk = Desk(a_day=1)
        for name in ("advice:1", "code:1", "code:2"):
            desk.put(name)
        desk.worker.once()
        assert {desk.state(name) for name in desk.outbox.rows} == {MessageState.SENT}

    @pytest.mark.parametrize("status", [None, Status.TERMINATED])
    def test_a_code_to_nobody_is_dropped(self, desk: Desk, status: Status | None) -> None:
        if status:
            desk.operator.add(subscriber(STRANGER, status=status))
        desk.put("code:1", STRANGER)
        desk.put("code:2")
        desk.worker.once()
        assert desk.state("code:1") is MessageState.DROPPED
        assert [number for number, _ in desk.centre.taken] == [NUMBER]

    def test_a_code_that_is_not_good_any_more_is_not_sent(self, desk: Desk) -> None:
        desk.put("code:1")
        desk.clock.sleep(600)
        desk.put("code:2")
        desk.worker.once()
        assert desk.state("code:1") is MessageState.DROPPED
        assert desk.state("code:2") is MessageState.SENT

    def test_a_warning_to_nobody_is_dropped(self, desk: Desk) -> None:
        desk.put("warning:1", STRANGER)
        desk.put("advice:1", STRANGER)
        desk.worker.once()
        assert desk.state("warning:1") is MessageState.DROPPED
        assert desk.outbox.rows["warning:1"].detail == "no subscriber"
        assert desk.state("advice:1") is MessageState.SENT


class DyingCentre(FakeCentre):
    """Ends the worker, hangs, throttles or takes, as it is told; the first part's end counts."""

    def __init__(self, fates: list[str]) -> None:
        super().__init__(most=4)
        self.fates = fates
        self.doubtful = 0
        """How many parts were taken though the worker never heard of it."""

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        match self.fates.pop(0) if self.fates else "takes":
            case "throttles":
                return NotNow("busy")
            case "hangs":
                raise DOWN
            case "dies before":
                raise Death
            case "dies after":
                super().submit(message, part, receipts)
                self.doubtful += 1
                raise Death
            case "loses its answer":
                super().submit(message, part, receipts)
                self.doubtful += 1
                raise DOWN
        return super().submit(message, part, receipts)


FATES = ("takes", "throttles", "hangs", "dies before", "dies after", "loses its answer")


@given(
    fates=st.lists(st.sampled_from(FATES), max_size=12),
    bodies=st.lists(st.text("ab", min_size=1, max_size=9), min_size=1, max_size=4),
)
def test_nothing_is_lost_and_only_what_is_in_doubt_comes_twice(
    fates: list[str], bodies: list[str]
) -> None:
    desk = Desk()
    centre = DyingCentre(list(fates))
    worker = dataclasses.replace(desk.worker, centre=centre)
    for index, body in enumerate(bodies):
        desk.put(f"order:{index}", body=body)
    for _ in range(60):
        with suppress(Death):  # and another is started
            worker.once()
        desk.clock.sleep(300)
    assert {row.state for row in desk.outbox.rows.values()} == {MessageState.SENT}
    wanted = sorted(body[at : at + 4] for body in bodies for at in range(0, len(body), 4))
    taken = sorted(part for _, part in centre.taken)
    assert len(taken) == len(wanted) + centre.doubtful
    for part in wanted:
        taken.remove(part)


class TestRunning:
    def test_it_ends_between_two_messages_when_it_is_told_to(self, desk: Desk) -> None:
        for index in range(5):
            desk.put(f"order:{index}")
        assert desk.worker.once(lambda: len(desk.centre.taken) == 2) == 2

    def test_a_link_and_a_database_that_come_and_go_do_not_end_it(self, desk: Desk) -> None:
        stop, rounds = threading.Event(), []

        class Coming(FakeCentre):
            def attend(self, seconds: float, receipts: Receipts) -> None:
                rounds.append(seconds)
                if len(rounds) == 6:
                    stop.set()
                if len(rounds) < 3:
                    raise DOWN

        def claim(at: datetime, until: datetime) -> Message | None:
            if len(rounds) < 5:
                raise TemporarilyUnavailable("database")
            return claims(at, until)

        claims = desk.outbox.claim
        desk.outbox.claim = claim  # type: ignore[method-assign]
        desk.put("order:1")
        centre = Coming()
        dataclasses.replace(desk.worker, centre=centre).run(stop)
        assert centre.taken == [(NUMBER, "text")]


def test_neither_a_text_nor_a_whole_number_is_logged(desk: Desk) -> None:
    body = "a text that is nobody else's"
    answers: list[NotNow | NotEver | TemporarilyUnavailable] = [
        NotNow("busy"),
        NotEver("unknown number"),
        DOWN,
    ]
    with structlog.testing.capture_logs() as logs:
        for index in range(4):
            desk.put(f"order:{index}", body=body)
        desk.centre.answers = list(answers)
        for _ in range(4):
            desk.worker.once()
        desk.clock.sleep(GIVE_UP.total_seconds() + 1)
        desk.worker.once()
        small = dataclasses.replace(desk.worker, a_day=1)
        desk.put("order:over", body=body)
        small.once()
        fail_to_identify(desk.operator, NUMBER, times=3)
    assert len(logs) >= 3, "nothing was logged at all"
    for entry in logs:
        assert body not in str(entry)
        assert NUMBER not in str(entry)

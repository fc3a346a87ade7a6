"""Sending text messages: retries, caps, parts, workers that die."""

from __future__ import annotations

import dataclasses
import threading
from contextlib import suppress
from datetime import datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.messages import GIVE_UP, MOST_PUT_OFF
from ivr.domain.messages import (
    DeliveryReceipt,
    Message,
    MessageState,
    NotEver,
    NotNow,
    Receipts,
    Taken,
    Why,
)
from ivr.domain.subscriber import Status
from ivr.errors import TemporarilyUnavailable
from ivr.testing.demo import NUMBER, OTHER, subscriber
from ivr.testing.messages import FakeCentre
from tests.care.desk import DOWN, STRANGER, Death, Desk, fail_to_identify


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestSending:
    def test_everything_goes_out_oldest_first(self, desk: Desk) -> None:
        for name in ("order:1", "order:2", "order:3"):
            desk.put(name, body=name)
        assert desk.worker.once() == 3
        assert [body for _, body in desk.centre.taken] == ["order:1", "order:2", "order:3"]
        assert desk.state("order:3") is MessageState.SENT
        assert desk.worker.once() == 0

    def test_without_a_link_nothing_is_tried(self, desk: Desk) -> None:
        desk.put("order:1")
        desk.centre.is_down = True
        assert desk.worker.once() == 0
        assert desk.outbox.rows["order:1"].tries == 0
        desk.centre.is_down = False
        assert desk.worker.once() == 1

    def test_a_throttled_message_goes_later_and_later(self, desk: Desk) -> None:
        desk.put("order:1")
        desk.centre.answers = [NotNow("busy")] * 5
        for seconds in (0, 6, 12, 24, 48):
            desk.clock.sleep(seconds)
            desk.worker.once()
        assert desk.outbox.rows["order:1"].tries == 5
        desk.clock.sleep(60)
        assert desk.worker.once() == 0, "the pause after the fifth try is 64 s and more"
        desk.clock.sleep(60)
        assert desk.worker.once() == 1

    def test_a_throttling_centre_is_left_alone_for_this_round(self, desk: Desk) -> None:
        for name in ("order:1", "order:2"):
            desk.put(name, body=name)
        desk.centre.answers = [NotNow("busy")]
        assert desk.worker.once() == 0
        assert desk.centre.taken == []
        assert desk.worker.once() == 1
        assert desk.centre.taken == [(NUMBER, "order:2")]

    @pytest.mark.parametrize("why", [Why.OTHER, Why.SETTING])
    def test_a_message_that_is_not_taken_now_holds_up_no_other(self, desk: Desk, why: Why) -> None:
        for name in ("order:1", "order:2"):
            desk.put(name, body=name)
        desk.centre.answers = [NotNow("a code of its manufacturer", why)]
        assert desk.worker.once() == 1
        assert (desk.state("order:1"), desk.state("order:2")) == (
            MessageState.WAITING,
            MessageState.SENT,
        )
        desk.clock.sleep(10)
        assert desk.worker.once() == 1
        assert desk.state("order:1") is MessageState.SENT

    def test_a_centre_that_takes_no_message_is_not_asked_for_all_of_them(self, desk: Desk) -> None:
        for index in range(MOST_PUT_OFF + 5):
            desk.put(f"order:{index}")
        desk.centre.answers = [NotNow("wrong sender", Why.SETTING) for _ in range(100)]
        assert desk.worker.once() == 0
        assert sum(row.tries for row in desk.outbox.rows.values()) == MOST_PUT_OFF

    def test_a_setting_that_is_mended_in_time_loses_nothing(self, desk: Desk) -> None:
        desk.put("order:1")
        for _ in range(30):
            desk.centre.answers = [NotNow("wrong sender", Why.SETTING)]
            desk.worker.once()
            desk.clock.sleep(3600)
        desk.centre.answers = []
        desk.worker.once()
        assert desk.state("order:1") is MessageState.SENT

    def test_why_it_waited_too_long_is_kept(self, desk: Desk) -> None:
        desk.put("order:1")
        desk.centre.answers = [NotNow("wrong sender", Why.SETTING)]
        desk.worker.once()
        desk.clock.sleep(GIVE_UP.total_seconds() + 1)
        desk.worker.once()
        assert desk.outbox.rows["order:1"].detail == "waited too long; wrong sender"

    def test_a_refused_message_fails_and_the_next_goes(self, desk: Desk) -> None:
        desk.put("order:1")
        desk.put("order:2")
        desk.centre.answers = [NotEver("no such number")]
        desk.worker.once()
        assert desk.state("order:1") is MessageState.FAILED
        assert desk.outbox.rows["order:1"].detail == "no such number"
        assert desk.state("order:2") is MessageState.SENT

    def test_what_waited_two_days_has_failed(self, desk: Desk) -> None:
        desk.put("order:1")
        desk.centre.is_down = True
        desk.clock.sleep(GIVE_UP.total_seconds() + 1)
        desk.worker.once()
        assert desk.state("order:1") is MessageState.FAILED

    def test_only_the_parts_that_are_left_are_sent_again(self, desk: Desk) -> None:
        desk.put("order:1", body="a" * 67 + "b" * 67 + "c")

        class Failing(FakeCentre):
            def submit(
                self, message: Message, part: int, receipts: Receipts
            ) -> Taken | NotNow | NotEver:
                if part == 1 and message.tries == 0:
                    raise DOWN
                return super().submit(message, part, receipts)

        desk.centre = Failing()
        desk.worker = dataclasses.replace(desk.worker, centre=desk.centre)
        desk.worker.once()
        assert desk.state("order:1") is MessageState.WAITING
        desk.clock.sleep(10)
        desk.worker.once()
        assert [body[0] for _, body in desk.centre.taken] == ["a", "b", "c"]
        assert desk.state("order:1") is MessageState.SENT

    def test_an_acknowledgement_outlives_a_database_that_is_away(self, desk: Desk) -> None:
        def away(id: int, part: int, of: int, name: str, at: datetime, until: datetime) -> None:
            raise TemporarilyUnavailable("database")

        desk.put("order:1", body="a" * 67 + "b")
        acknowledged = desk.outbox.acknowledged
        desk.outbox.acknowledged = away  # type: ignore[method-assign]
        for _ in range(3):
            with pytest.raises(TemporarilyUnavailable):
                desk.worker.once()
            desk.clock.sleep(300)
        desk.outbox.acknowledged = acknowledged  # type: ignore[method-assign]
        desk.worker.once()
        desk.clock.sleep(300)
        desk.worker.once()
        assert desk.state("order:1") is MessageState.SENT
        assert [body[0] for _, body in desk.centre.taken] == ["a", "b"]

    def test_a_receipt_is_noted(self, desk: Desk) -> None:
        class Telling(FakeCentre):
            def attend(self, seconds: float, receipts: Receipts) -> None:
                receipts(DeliveryReceipt(("name 1",), (NUMBER,), True))
                receipts(DeliveryReceipt(("a name of nobody",), (NUMBER,), False))
                receipts(DeliveryReceipt(("name 1",), (NUMBER,), False))

        desk.centre = Telling()
        desk.worker = dataclasses.replace(desk.worker, centre=desk.centre)
        desk.put("order:1")
        desk.worker.once()
        desk.worker.once()
        assert desk.state("order:1") is MessageState.DELIVERED


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

"""The outbox is sent."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

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
from ivr.errors import TemporarilyUnavailable
from ivr.testing.demo import NUMBER
from ivr.testing.messages import FakeCentre
from tests.care.desk import DOWN, Desk


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

"""Sending text messages: retries, caps, parts, workers that die; what is owed; who is warned."""

from __future__ import annotations

import dataclasses
import threading
from contextlib import suppress
from datetime import datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ivr.call import Means
from ivr.care.messages import GIVE_UP, MessageWorker
from ivr.care.results import Results
from ivr.errors import FlowBroken, TemporarilyUnavailable
from ivr.ports import (
    INACTIVITY,
    SUSPENSION,
    Attempt,
    Change,
    Message,
    MessageState,
    NotEver,
    NotNow,
    OrderState,
    Reason,
    Receipts,
    Taken,
)
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.speech.written import WrittenTexts
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, Operator, subscriber
from ivr.testing.messages import FakeCentre
from ivr.testing.prompts import EchoPrompts
from ivr.values import Language, Msisdn, Secret, ServiceId
from tests.care.services import on, operator, order

STRANGER = Msisdn("99361999999")
DOWN = TemporarilyUnavailable("smsc")


class Desk:
    """A worker with everything that it works on, open to a test."""

    def __init__(self, a_day: int = 10) -> None:
        self.operator = operator()
        self.outbox, self.clock = self.operator.outbox, self.operator.clock
        self.centre = FakeCentre()
        self.worker = MessageWorker(
            self.outbox,
            self.centre,
            self.operator.subscribers,
            lambda: self.operator.results,
            self.clock,
            a_day,
        )

    def put(self, reference: str, number: Msisdn = NUMBER, body: str = "text") -> None:
        self.outbox.put(number, body, reference)

    def state(self, reference: str) -> MessageState:
        return self.outbox.rows[reference].state


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

    def test_a_receipt_is_noted(self, desk: Desk) -> None:
        class Telling(FakeCentre):
            def attend(self, seconds: float, receipts: Receipts) -> None:
                receipts("name 1", True)
                receipts("a name of nobody", False)

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

    def test_a_warning_to_nobody_is_dropped(self, desk: Desk) -> None:
        desk.put("warning:1", STRANGER)
        desk.put("advice:1", STRANGER)
        desk.worker.once()
        assert desk.state("warning:1") is MessageState.DROPPED
        assert desk.outbox.rows["warning:1"].detail == "no subscriber"
        assert desk.state("advice:1") is MessageState.SENT


class Death(Exception):
    """The worker's process ends here."""


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


class TestResults:
    def settled(self, made: Operator, refuses: bool = False) -> str:
        """An order of the call that was accepted, promised in Russian, and settled later."""
        made.network.outage = True
        id = order(made, on("mms")).order
        made.promises.promise(id, Language.RUSSIAN)
        state = OrderState.REJECTED if refuses else OrderState.COMPLETED
        made.book.settle(id, state, made.clock.now(), Reason.NETWORK if refuses else None)
        return id

    def test_what_was_promised_is_written_once(self) -> None:
        made = operator()
        id = self.settled(made)
        assert made.results.write() == 1
        assert made.results.write() == 0
        assert made.outbox.messages == {
            f"order:{id}": (
                NUMBER,
                "sms.order.done\n"
                "sms.order.change.on service=service.gprs\n"
                "sms.order.change.on service=service.mms",
            )
        }

    def test_a_refusal_tells_its_reason(self) -> None:
        made = operator()
        id = self.settled(made, refuses=True)
        made.results.write()
        assert made.outbox.messages[f"order:{id}"][1] == (
            "sms.order.refused\nrefused.network service=service.mms"
        )

    def test_a_state_of_the_number_has_words_of_its_own(self) -> None:
        made = operator()
        id = self.settled(made)
        suspended = dataclasses.replace(
            made.book.orders[id], changes=(Change(SUSPENSION, on=True),)
        )
        told = made.results.told(suspended, Language.TURKMEN)
        assert told == "sms.order.done\nsms.order.suspension.on"

    def test_an_order_without_a_promise_is_not_told(self) -> None:
        made = operator()
        order(made, on("mms"))
        assert made.results.write() == 0

    def test_dying_before_the_promise_is_marked_writes_nothing_twice(self) -> None:
        made = operator()
        self.settled(made)

        class Dying(type(made.promises)):  # type: ignore[misc]
            def kept(self, order: str) -> None:
                raise Death

        dying = Dying(made.book, made.promises.made, made.promises.done)
        with pytest.raises(Death):
            Results(dying, made.outbox, EchoPrompts()).write()
        assert made.results.write() == 1
        assert len(made.outbox.messages) == 1

    def test_words_that_are_missing_leave_it_owed_and_the_outbox_going(self, desk: Desk) -> None:
        class Wordless(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                raise FlowBroken("there is no text")

        made = desk.operator
        self.settled(made)
        desk.put("advice:1")
        wordless = Results(made.promises, made.outbox, Wordless())
        assert dataclasses.replace(desk.worker, results=lambda: wordless).once() == 1
        assert len(made.promises.owed(9)) == 1
        assert desk.worker.once() == 1


class TestWarnings:
    def fail(self, made: Operator, number: Msisdn, call: str = "c", times: int = 1) -> None:
        for _ in range(times):
            attempt = Attempt(call, number, None, Means.CODEWORD)
            made.care.identification.check(attempt, Secret("222222"))

    @pytest.mark.parametrize("number", [NUMBER, STRANGER])
    def test_the_third_failure_warns_whoever_the_number_is(self, number: Msisdn) -> None:
        made = operator()
        self.fail(made, number, times=2)
        assert made.outbox.messages == {}
        self.fail(made, number)
        ((to, body),) = made.outbox.messages.values()
        assert (to, body) == (number, f"sms.warning number={number}")

    def test_failures_in_several_calls_add_up(self) -> None:
        made = operator()
        for index in range(3):
            self.fail(made, NUMBER, call=f"call-{index}")
        assert len(made.outbox.messages) == 1

    def test_a_match_begins_anew(self) -> None:
        made = operator()
        self.fail(made, NUMBER, times=2)
        right = Attempt("d", NUMBER, None, Means.CODEWORD)
        made.care.identification.check(right, Secret(CODEWORD_KEYS))
        self.fail(made, NUMBER, call="e", times=2)
        assert made.outbox.messages == {}

    def test_an_outbox_that_is_down_does_not_change_the_answer(self) -> None:
        made = operator()

        def down(number: Msisdn, body: str, reference: str) -> None:
            raise TemporarilyUnavailable("database")

        made.outbox.put = down  # type: ignore[method-assign]
        self.fail(made, NUMBER, times=3)
        assert made.attempts.counts("c", NUMBER, None, made.clock.now()).in_row == 3

    def test_the_owner_reads_it_in_the_owner_s_language(self) -> None:
        made = operator()
        made.add(dataclasses.replace(subscriber(), language=Language.RUSSIAN))
        seen: list[Language] = []

        class Noting(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                seen.append(language)
                return key

        warning = made.care.identification.warning  # type: ignore[attr-defined]
        for number in (NUMBER, STRANGER):
            dataclasses.replace(warning, wording=Noting()).failed(number, 3, 1)
        assert seen == [Language.RUSSIAN, Language.TURKMEN]


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
        TestWarnings().fail(desk.operator, NUMBER, times=3)
    assert len(logs) >= 3, "nothing was logged at all"
    for entry in logs:
        assert body not in str(entry)
        assert NUMBER not in str(entry)


@pytest.mark.parametrize("language", list(Language))
def test_every_end_of_an_order_has_words_in_the_shipped_texts(language: Language) -> None:
    made = operator()
    made.network.outage = True
    asked = made.book.orders[order(made, on("mms")).order]
    results = Results(made.promises, made.outbox, WrittenTexts(read_texts(PROJECT / "prompts")))
    told = set()
    for reason in Reason:
        ended = dataclasses.replace(asked, state=OrderState.REJECTED, reason=reason)
        told.add(results.told(ended, language))
    set_anew = Change(ServiceId("forwarding"), on=True, value=(("a", "b"),), before=(("a", "c"),))
    states = [Change(each, on=side) for each in (SUSPENSION, INACTIVITY) for side in (True, False)]
    for change in (set_anew, *states, *asked.changes, *(each.opposite for each in asked.changes)):
        done = dataclasses.replace(asked, state=OrderState.COMPLETED, changes=(change,))
        told.add(results.told(done, language))
    assert all(each.startswith("0890: ") and "{" not in each for each in told)
    assert len(told) >= 14

"""The work of calls, done in other threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
import structlog
from gevent import getcurrent

from ivr.telephony.call_loop import CallGreenlet
from ivr.telephony.offload import offload
from ivr.telephony.telephone import AgiTelephone
from tests.contracts.telephone_contract import utterance
from tests.telephony.call_loop.harness import SECONDS, Harness, ask, press
from tests.telephony.scripted import FakeAsterisk


def test_work_is_done_in_another_thread_and_answers(harness: Harness) -> None:
    ident = harness.sit(lambda: offload(threading.get_ident)).get(timeout=SECONDS)
    assert ident not in (harness.thread.ident, threading.get_ident())
    assert harness.sit(lambda: offload(int, "12", base=8)).get(timeout=SECONDS) == 10


def test_what_work_raises_is_raised_in_its_call(harness: Harness) -> None:
    def run() -> object:
        with pytest.raises(ValueError, match="x"):
            offload(int, "x")
        return "goes on"

    assert harness.sit(run).get(timeout=SECONDS) == "goes on"


def test_what_is_bound_to_a_calls_logs_is_bound_to_those_of_its_work(harness: Harness) -> None:
    together = threading.Barrier(2)

    def run(call: str) -> object:
        structlog.contextvars.bind_contextvars(call=call)
        offload(together.wait, SECONDS)
        return offload(structlog.contextvars.get_contextvars)

    calls = [harness.sit(partial(run, call)) for call in "ab"]
    assert [said.get(timeout=SECONDS) for said in calls] == [{"call": "a"}, {"call": "b"}]
    assert harness.sit(structlog.contextvars.get_contextvars).get(timeout=SECONDS) == {}


def test_other_calls_go_on_while_one_waits_for_its_work(
    harness: Harness, release: threading.Event
) -> None:
    waiting = harness.sit(lambda: offload(release.wait, SECONDS))
    assert harness.hold(lambda telephone, _: ask(telephone), "7") == "7"
    assert waiting.empty()
    release.set()
    assert waiting.get(timeout=SECONDS) is True


def test_keys_pressed_during_work_answer_the_next_questions_in_order(harness: Harness) -> None:
    def work(asterisk: FakeAsterisk) -> None:
        for key in "234":
            press(asterisk, key)

    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(work, asterisk)
        asterisk.press("5")
        return [first, *(ask(telephone) for _ in range(4))]

    assert harness.hold(talk, "1") == list("12345")


def test_short_works_in_a_row_go_on_unheard_only_once(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first works after a key have taken their time: a key in the next one is kept."""
    monkeypatch.setattr("ivr.telephony.offload.LULL", 60.0)

    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        greenlet = getcurrent()
        assert isinstance(greenlet, CallGreenlet)
        first = ask(telephone)
        offload(int)  # nobody listens so soon after a key
        before = len(asterisk.commands)
        greenlet.listened -= 60.0
        offload(press, asterisk, "2")
        return first, ask(telephone), before

    assert harness.hold(talk, "1") == ("1", "2", 1)


@pytest.mark.parametrize(
    "listen",
    [
        ask,
        lambda telephone: telephone.ask_digits([utterance()], lambda _: False, 5, 5),
        lambda telephone: telephone.ask_secret(utterance(), 9, 5, 5),
        lambda telephone: telephone.play([utterance()]),
        lambda telephone: telephone.forget_keys(),
    ],
)
def test_whatever_the_caller_could_answer_was_listening(
    harness: Harness, listen: Callable[[AgiTelephone], object]
) -> None:
    def talk(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        greenlet = getcurrent()
        assert isinstance(greenlet, CallGreenlet)
        greenlet.listened = 0.0
        listen(telephone)
        return greenlet.listened > 0.0

    assert harness.hold(talk, "1#") is True


def test_work_may_use_the_telephone_of_its_call(harness: Harness) -> None:
    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        first = ask(telephone)

        def work() -> None:
            press(asterisk, "2")  # the caller is listened to
            assert telephone.ask_key([utterance("/moment")], 5) == "2"
            telephone.play([utterance("/moment")])
            telephone.note("SAID", "moment")

        offload(work)
        return first, ask(telephone), telephone.noted("SAID"), asterisk.heard

    assert harness.hold(talk, "1 3") == (
        "1",
        "3",
        "moment",
        ["/sounds/one", "/moment", "/sounds/one"],
    )


def test_work_is_offloaded_at_a_board_only(harness: Harness) -> None:
    ident = threading.get_ident
    assert offload(ident) == ident()
    within_work = harness.sit(lambda: offload(lambda: offload(ident) == ident()))
    assert within_work.get(timeout=SECONDS) is True


def test_a_board_that_is_closed_ends_while_work_is_being_done(
    harness: Harness, release: threading.Event
) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        release.wait(SECONDS)

    harness.sit(lambda: offload(work))
    assert begun.wait(SECONDS)
    harness.stop_taking()
    harness.call_loop.close()
    harness.thread.join(SECONDS)
    assert not harness.thread.is_alive()

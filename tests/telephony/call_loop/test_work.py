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
from tests.telephony.call_loop.house import SECONDS, House, ask, press
from tests.telephony.scripted import FakeAsterisk


def test_work_is_done_in_another_thread_and_answers(house: House) -> None:
    ident = house.sit(lambda: offload(threading.get_ident)).get(timeout=SECONDS)
    assert ident not in (house.thread.ident, threading.get_ident())
    assert house.sit(lambda: offload(int, "12", base=8)).get(timeout=SECONDS) == 10


def test_what_work_raises_is_raised_in_its_call(house: House) -> None:
    def run() -> object:
        with pytest.raises(ValueError, match="x"):
            offload(int, "x")
        return "goes on"

    assert house.sit(run).get(timeout=SECONDS) == "goes on"


def test_what_is_bound_to_a_calls_logs_is_bound_to_those_of_its_work(house: House) -> None:
    together = threading.Barrier(2)

    def run(call: str) -> object:
        structlog.contextvars.bind_contextvars(call=call)
        offload(together.wait, SECONDS)
        return offload(structlog.contextvars.get_contextvars)

    calls = [house.sit(partial(run, call)) for call in "ab"]
    assert [said.get(timeout=SECONDS) for said in calls] == [{"call": "a"}, {"call": "b"}]
    assert house.sit(structlog.contextvars.get_contextvars).get(timeout=SECONDS) == {}


def test_other_calls_go_on_while_one_waits_for_its_work(
    house: House, release: threading.Event
) -> None:
    waiting = house.sit(lambda: offload(release.wait, SECONDS))
    assert house.hold(lambda telephone, _: ask(telephone), "7") == "7"
    assert waiting.empty()
    release.set()
    assert waiting.get(timeout=SECONDS) is True


def test_keys_pressed_during_work_answer_the_next_questions_in_order(house: House) -> None:
    def work(asterisk: FakeAsterisk) -> None:
        for key in "234":
            press(asterisk, key)

    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        first = ask(telephone)
        offload(work, asterisk)
        asterisk.press("5")
        return [first, *(ask(telephone) for _ in range(4))]

    assert house.hold(talk, "1") == list("12345")


def test_short_works_in_a_row_go_on_unheard_only_once(
    house: House, monkeypatch: pytest.MonkeyPatch
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

    assert house.hold(talk, "1") == ("1", "2", 1)


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
    house: House, listen: Callable[[AgiTelephone], object]
) -> None:
    def talk(telephone: AgiTelephone, _: FakeAsterisk) -> object:
        greenlet = getcurrent()
        assert isinstance(greenlet, CallGreenlet)
        greenlet.listened = 0.0
        listen(telephone)
        return greenlet.listened > 0.0

    assert house.hold(talk, "1#") is True


def test_work_may_use_the_telephone_of_its_call(house: House) -> None:
    def talk(telephone: AgiTelephone, asterisk: FakeAsterisk) -> object:
        first = ask(telephone)

        def work() -> None:
            press(asterisk, "2")  # the caller is listened to
            assert telephone.ask_key([utterance("/moment")], 5) == "2"
            telephone.play([utterance("/moment")])
            telephone.note("SAID", "moment")

        offload(work)
        return first, ask(telephone), telephone.noted("SAID"), asterisk.heard

    assert house.hold(talk, "1 3") == (
        "1",
        "3",
        "moment",
        ["/sounds/one", "/moment", "/sounds/one"],
    )


def test_work_is_offloaded_at_a_board_only(house: House) -> None:
    ident = threading.get_ident
    assert offload(ident) == ident()
    within_work = house.sit(lambda: offload(lambda: offload(ident) == ident()))
    assert within_work.get(timeout=SECONDS) is True


def test_a_board_that_is_closed_ends_while_work_is_being_done(
    house: House, release: threading.Event
) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        release.wait(SECONDS)

    house.sit(lambda: offload(work))
    assert begun.wait(SECONDS)
    house.stop_taking()
    house.call_loop.close()
    house.thread.join(SECONDS)
    assert not house.thread.is_alive()

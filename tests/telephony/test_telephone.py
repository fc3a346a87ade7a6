"""The caller's telephone over AGI, against a scripted Asterisk, and the one in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from queue import SimpleQueue

import pytest

from ivr.errors import CallerHungUp, FlowBroken, IvrError
from ivr.ports.dialogue import Telephone
from ivr.telephony.agi import Agi
from ivr.telephony.offload import offload
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from ivr.telephony.telephone import AgiTelephone
from ivr.testing.telephone import FakeTelephone
from tests.contracts.telephone_contract import (
    Caller,
    TelephoneContract,
    never,
    utterance,
)
from tests.telephony.scripted import LOCK, FakeAsterisk, Hangup
from tests.waiting import until

SECONDS = 10.0
METHODS: dict[str, Callable[[Telephone], object]] = {
    "play": lambda telephone: telephone.play([utterance()]),
    "ask_key": lambda telephone: telephone.ask_key([utterance()], 5),
    "ask_digits": lambda telephone: telephone.ask_digits([utterance()], never, 5, 3),
    "ask_secret": lambda telephone: telephone.ask_secret(utterance(), 8, 5, 5),
    "forget_keys": lambda telephone: telephone.forget_keys(),
}


@contextmanager
def ringing(keys: str) -> Iterator[Telephone]:
    with FakeAsterisk(keys) as asterisk:
        yield AgiTelephone(Agi(asterisk.line))


class TestAgiTelephone(TelephoneContract):
    @pytest.fixture
    def caller(self) -> Caller:
        return ringing


class TestFakeTelephone(TelephoneContract):
    @pytest.fixture
    def caller(self) -> Caller:
        @contextmanager
        def in_memory(keys: str) -> Iterator[Telephone]:
            yield FakeTelephone(keys)

        return in_memory


def use(method: Callable[[Telephone], object], telephone: Telephone) -> None:
    for _ in range(20):
        method(telephone)


@pytest.mark.parametrize("form", list(Hangup))
@pytest.mark.parametrize("method", METHODS)
def test_a_hang_up_at_any_line_is_one_thing(method: str, form: Hangup) -> None:
    """Whatever form it has, and at whatever command it comes, it is CallerHungUp."""
    for at in range(1, 20):
        with FakeAsterisk("66#", hangup=form, hangs_up_at=at) as asterisk:
            telephone = AgiTelephone(Agi(asterisk.line))
            with pytest.raises(CallerHungUp):
                use(METHODS[method], telephone)


def test_after_a_hang_up_the_place_can_still_be_noted() -> None:
    with FakeAsterisk("", hangup=Hangup.MINUS_ONE) as asterisk:
        telephone = AgiTelephone(Agi(asterisk.line))
        with pytest.raises(CallerHungUp):
            telephone.ask_key([utterance()], 5)
        telephone.note("IVR_PLACE", "menu")
        assert asterisk.variables["CHANNEL(userfield)"] == "menu"


def test_a_question_is_asked_with_the_last_of_its_sounds() -> None:
    with FakeAsterisk("1") as asterisk:
        AgiTelephone(Agi(asterisk.line)).ask_key([utterance("/a", "/b"), utterance("/c")], 5)
        assert asterisk.heard == ["/a", "/b", "/c"]
        assert asterisk.commands == [
            'STREAM FILE "/a" "0123456789*#"',
            'STREAM FILE "/b" "0123456789*#"',
            'GET OPTION "/c" "0123456789*#" 5000',
        ]


OPTIONS = [utterance("/d"), utterance("/e")]


@pytest.mark.parametrize(
    ("keys", "answers", "heard"),
    [
        ("1", "1", ["/a"]),
        ("- 2", "2", ["/a", "/d", "/e"]),
        ("- -", None, ["/a", "/d", "/e"]),
    ],
)
def test_options_are_said_to_who_is_silent(
    keys: str, answers: str | None, heard: list[str]
) -> None:
    with FakeAsterisk(keys) as asterisk:
        telephone = AgiTelephone(Agi(asterisk.line))
        assert telephone.ask_key([utterance("/a")], 6, OPTIONS) == answers
        assert asterisk.heard == heard
        assert asterisk.commands[0] == 'GET OPTION "/a" "0123456789*#" 1500'
        last = [each for each in asterisk.commands if each.startswith("GET OPTION")][1:]
        assert last in ([], ['GET OPTION "/e" "0123456789*#" 6000'])


def test_a_key_pressed_ahead_comes_before_the_options() -> None:
    with FakeAsterisk("12") as asterisk:
        telephone = AgiTelephone(Agi(asterisk.line))
        assert telephone.ask_key([utterance("/a")], 6, OPTIONS) == "1"
        telephone.play([utterance("/b")])
        assert telephone.ask_key([utterance("/a")], 6, OPTIONS) == "2"
        assert "/d" not in asterisk.heard


def test_a_key_ends_a_long_menu_at_any_of_its_sounds() -> None:
    with FakeAsterisk("12") as asterisk:
        telephone = AgiTelephone(Agi(asterisk.line))
        assert telephone.ask_key([utterance()], 5) == "1"
        asterisk.heard.clear()
        assert telephone.ask_key([utterance(*(f"/{number}" for number in range(100)))], 5) == "2"
        assert asterisk.heard == []


def test_a_key_kept_while_playing_comes_before_those_of_the_channel() -> None:
    with FakeAsterisk("123") as asterisk:
        telephone = AgiTelephone(Agi(asterisk.line))
        assert telephone.ask_key([utterance()], 5) == "1"
        telephone.play([utterance()])
        assert telephone.ask_digits([utterance()], never, 5, 3) == "23"


def hold(
    talk: Callable[[Telephone, FakeAsterisk], object],
    keys: str,
    hangup: Hangup = Hangup.MINUS_ONE,
    hangs_up_at: int = 0,
) -> object:
    """What a call in a call loop comes to: what its talk answers, or which error ends it."""
    said: SimpleQueue[object] = SimpleQueue()

    def answer(session: AgiSession) -> None:
        try:
            said.put(talk(session.telephone, asterisk))
        except IvrError as error:
            said.put(type(error))

    with closing(LineServer("127.0.0.1:0", 1, answer, answer, lock=LOCK)) as server:
        server.start()
        asterisk = FakeAsterisk(keys, server=server.address, hangup=hangup, hangs_up_at=hangs_up_at)
        with asterisk:
            return said.get(timeout=SECONDS)


def press(asterisk: FakeAsterisk, keys: str) -> None:
    """Press keys, and think until they are heard."""
    asterisk.press(keys)
    offload(until, lambda: not asterisk.has_keys)


def test_keys_pressed_while_the_dialogue_thinks_are_kept_in_order() -> None:
    def talk(telephone: Telephone, asterisk: FakeAsterisk) -> list[str | None]:
        first = telephone.ask_key([utterance()], 5)
        press(asterisk, "23")
        asterisk.press("4")
        return [first, *(telephone.ask_key([utterance()], 5) for _ in range(3))]

    assert hold(talk, "1") == ["1", "2", "3", "4"]


def test_keys_pressed_while_the_dialogue_thinks_can_be_forgotten() -> None:
    def talk(telephone: Telephone, asterisk: FakeAsterisk) -> list[str | None]:
        first = telephone.ask_key([utterance()], 5)
        press(asterisk, "23")
        asterisk.press("4")
        telephone.forget_keys()
        return [first, telephone.ask_key([utterance()], 5)]

    assert hold(talk, "1 9") == ["1", "9"]


@pytest.mark.parametrize("form", list(Hangup))
def test_a_hang_up_while_the_dialogue_thinks_is_met_by_the_next_question(form: Hangup) -> None:
    def talk(telephone: Telephone, asterisk: FakeAsterisk) -> str | None:
        assert telephone.ask_key([utterance()], 5) == "1"
        offload(until, lambda: len(asterisk.commands) >= 10)
        return telephone.ask_key([utterance()], 5)

    assert hold(talk, "1 2 3", form, 10) is CallerHungUp


def test_nothing_listens_when_the_thinking_is_over() -> None:
    def talk(telephone: Telephone, asterisk: FakeAsterisk) -> list[str]:
        telephone.ask_key([utterance()], 5)
        offload(until, lambda: len(asterisk.commands) >= 3)
        commands = len(asterisk.commands)
        telephone.ask_key([utterance()], 5)
        return asterisk.commands[commands:]

    assert hold(talk, "1 2") == ['GET OPTION "/sounds/one" "0123456789*#" 5000']


def test_a_missing_sound_is_not_taken_for_a_silent_caller() -> None:
    with FakeAsterisk("1") as asterisk:
        asterisk.missing = {"/b"}
        telephone = AgiTelephone(Agi(asterisk.line))
        with pytest.raises(FlowBroken):
            telephone.ask_key([utterance("/a", "/b")], 5)
        with pytest.raises(FlowBroken):
            telephone.play([utterance("/b")])


def test_a_missing_sound_is_not_taken_for_a_hang_up() -> None:
    with FakeAsterisk("1") as asterisk:
        asterisk.missing = {"/b"}
        with pytest.raises(FlowBroken):
            AgiTelephone(Agi(asterisk.line)).ask_secret(utterance("/b"), 8, 5, 5)


def test_a_prompt_for_a_secret_has_one_sound() -> None:
    with FakeAsterisk("1") as asterisk, pytest.raises(FlowBroken):
        AgiTelephone(Agi(asterisk.line)).ask_secret(utterance("/a", "/b"), 8, 5, 5)


def test_a_secret_is_in_no_variable_and_in_no_command() -> None:
    with FakeAsterisk("63753646#") as asterisk:
        AgiTelephone(Agi(asterisk.line)).ask_secret(utterance(), 24, 5, 5)
        assert "63753646" not in str(asterisk.variables) + str(asterisk.commands)

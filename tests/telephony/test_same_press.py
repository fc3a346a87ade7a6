"""One press is one key, however often a gateway tells it; two presses are two."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.telephony.agi import Agi
from ivr.telephony.telephone import SAME_PRESS, AgiTelephone
from tests.contracts.telephone_contract import never, utterance
from tests.telephony.scripted import FakeAsterisk

EARLY, LATE = SAME_PRESS - 0.001, SAME_PRESS
PRESSES = [
    ("a key told three times", "111#", [0.02, 0.02], "1"),
    ("a pair of keys", "11#", [LATE], "11"),
    ("a pair of the fastest dialler", "1111#", [0.04, 0.1, 0.04], "11"),
    ("a pair, each told twice", "1111#", [0.02, 0.13, 0.02], "11"),
    ("a pair, each told thrice and late", "111111#", [0.02, 0.04, 0.13, 0.02, 0.04], "11"),
    ("other keys, as fast as they like", "1212#", [0.0, 0.0, 0.0], "1212"),
    ("just in time", "11#", [EARLY], "1"),
    ("a key told again and again", "1" * 9 + "#", [0.02] * 8, "1"),
    ("a jammed key", "1" * 50 + "#", [0.05] * 49, "111"),
    ("a key told late, and a pair", "11111#", [0.05, 0.05, 0.1, 0.05], "11"),
]
"""What it is, what Asterisk tells, seconds between one and the next, and what was pressed."""


class Clock:
    """Goes on by so much with each key."""

    def __init__(self, seconds: Sequence[float]) -> None:
        self._steps = iter([100.0, *seconds])
        self._now = 0.0

    def __call__(self) -> float:
        self._now += next(self._steps, 1.0)
        return self._now


@pytest.mark.parametrize(
    ("told", "seconds", "pressed"),
    [each[1:] for each in PRESSES],
    ids=[each[0] for each in PRESSES],
)
def test_in_entries(told: str, seconds: list[float], pressed: str) -> None:
    with FakeAsterisk(told) as asterisk:
        phone = AgiTelephone(Agi(asterisk.line), same_press=SAME_PRESS, now=Clock(seconds))
        assert phone.ask_digits([utterance()], never, 5, 3) == pressed


@pytest.mark.parametrize(
    ("told", "seconds", "pressed"),
    [each[1:] for each in PRESSES],
    ids=[each[0] for each in PRESSES],
)
def test_in_secrets(told: str, seconds: list[float], pressed: str) -> None:
    clock = Clock(seconds)
    with FakeAsterisk(told) as asterisk:
        phone = AgiTelephone(Agi(asterisk.line), same_press=SAME_PRESS, now=clock)
        secret = phone.ask_secret(utterance(), 24, 5, 5)
        assert secret is not None
        assert secret.keys == pressed


def test_in_menus_the_next_question_is_asked_from_its_beginning() -> None:
    with FakeAsterisk("112") as asterisk:
        phone = AgiTelephone(Agi(asterisk.line), same_press=SAME_PRESS, now=Clock([0.02, 0.2]))
        assert phone.ask_key([utterance("/a", "/b")], 5) == "1"
        assert phone.ask_key([utterance("/c", "/d")], 5) == "2"
        asked = [command.split()[2] for command in asterisk.commands]
        assert asked == ['"/a"', '"/b"', '"/c"', '"/c"']


def test_without_word_from_the_dialplan_every_key_counts() -> None:
    with FakeAsterisk("11#") as asterisk:
        assert AgiTelephone(Agi(asterisk.line)).ask_digits([utterance()], never, 5, 3) == "11"

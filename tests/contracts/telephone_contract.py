"""What every Telephone does, whichever way it reaches the caller."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.errors import CallerHungUp
from ivr.ports.dialogue import Telephone

Caller = Callable[[str], AbstractContextManager[Telephone]]
"""Makes a telephone whose caller presses keys as FakeTelephone's does, then hangs up."""


def utterance(*sounds: str) -> Utterance:
    return Utterance("key", Language.ENGLISH, "words", sounds or ("/sounds/one",), 1.0)


def never(_keys: str) -> bool:
    return False


def of_eight(keys: str) -> bool:
    return len(keys) == 8


class TelephoneContract:
    """Derive, and give a fixture ``caller``."""

    def test_each_of_the_twelve_keys_answers_a_question(self, caller: Caller) -> None:
        for key in "0123456789*#":
            with caller(key) as telephone:
                assert telephone.ask_key([utterance()], 5) == key

    def test_silence_is_no_key(self, caller: Caller) -> None:
        with caller("- 1") as telephone:
            assert telephone.ask_key([utterance()], 5) is None
            assert telephone.ask_key([utterance()], 5) == "1"

    def test_keys_pressed_ahead_answer_the_next_questions_in_order(self, caller: Caller) -> None:
        with caller("12#4") as telephone:
            assert [telephone.ask_key([utterance()], 5) for _ in range(4)] == list("12#4")

    def test_nothing_needs_to_be_said_with_a_question(self, caller: Caller) -> None:
        with caller("7") as telephone:
            assert telephone.ask_key([], 5) == "7"

    def test_digits_end_at_the_hash_which_is_not_part_of_them(self, caller: Caller) -> None:
        with caller("6612#3") as telephone:
            assert telephone.ask_digits([utterance()], never, 5, 3) == "6612"
            assert telephone.ask_key([utterance()], 5) == "3"

    def test_a_hash_alone_is_an_empty_answer(self, caller: Caller) -> None:
        with caller("#") as telephone:
            assert telephone.ask_digits([utterance()], never, 5, 3) == ""

    def test_digits_end_when_they_are_complete(self, caller: Caller) -> None:
        with caller("123456789") as telephone:
            assert telephone.ask_digits([utterance()], of_eight, 5, 3) == "12345678"
            assert telephone.ask_key([utterance()], 5) == "9"

    def test_digits_end_at_a_pause(self, caller: Caller) -> None:
        with caller("66 1") as telephone:
            assert telephone.ask_digits([utterance()], never, 5, 3) == "66"
            assert telephone.ask_key([utterance()], 5) == "1"

    def test_a_star_belongs_to_the_digits(self, caller: Caller) -> None:
        with caller("6*1#") as telephone:
            assert telephone.ask_digits([utterance()], never, 5, 3) == "6*1"

    def test_no_digits_at_all_are_none(self, caller: Caller) -> None:
        with caller("-") as telephone:
            assert telephone.ask_digits([utterance()], never, 5, 3) is None

    def test_digits_pressed_ahead_count(self, caller: Caller) -> None:
        with caller("166#") as telephone:
            assert telephone.ask_key([utterance()], 5) == "1"
            assert telephone.ask_digits([utterance()], never, 5, 3) == "66"

    def test_a_secret_ends_at_the_hash(self, caller: Caller) -> None:
        with caller("4711#2") as telephone:
            secret = telephone.ask_secret(utterance(), 24, 5, 5)
            assert secret is not None
            assert secret.keys == "4711"
            assert telephone.ask_key([utterance()], 5) == "2"

    def test_a_secret_ends_at_its_most_keys(self, caller: Caller) -> None:
        with caller("123456789") as telephone:
            secret = telephone.ask_secret(utterance(), 8, 5, 5)
            assert secret is not None
            assert secret.keys == "12345678"

    def test_a_secret_of_a_hash_alone_is_empty(self, caller: Caller) -> None:
        with caller("#") as telephone:
            secret = telephone.ask_secret(utterance(), 8, 5, 5)
            assert secret is not None
            assert secret.keys == ""

    def test_no_secret_keyed_in_is_none(self, caller: Caller) -> None:
        with caller("-") as telephone:
            assert telephone.ask_secret(utterance(), 8, 5, 5) is None

    def test_a_secret_never_shows_itself(self, caller: Caller) -> None:
        with caller("4711#") as telephone:
            assert "4711" not in repr(telephone.ask_secret(utterance(), 8, 5, 5))

    def test_keys_pressed_ahead_belong_to_a_secret(self, caller: Caller) -> None:
        with caller("14711#") as telephone:
            assert telephone.ask_key([utterance()], 5) == "1"
            secret = telephone.ask_secret(utterance(), 2, 5, 5)
            assert secret is not None
            assert secret.keys == "47"
            telephone.play([utterance()])
            rest = telephone.ask_secret(utterance(), 8, 5, 5)
            assert rest is not None
            assert rest.keys == "11"

    def test_keys_that_are_forgotten_do_not_belong_to_a_secret(self, caller: Caller) -> None:
        with caller("199 4711#") as telephone:
            assert telephone.ask_key([utterance()], 5) == "1"
            telephone.forget_keys()
            secret = telephone.ask_secret(utterance(), 8, 5, 5)
            assert secret is not None
            assert secret.keys == "4711"

    def test_forgotten_keys_answer_nothing(self, caller: Caller) -> None:
        with caller("123 4") as telephone:
            assert telephone.ask_key([utterance()], 5) == "1"
            telephone.forget_keys()
            assert telephone.ask_key([utterance()], 5) == "4"

    def test_what_is_played_loses_no_key(self, caller: Caller) -> None:
        with caller("12") as telephone:
            assert telephone.ask_key([utterance()], 5) == "1"
            telephone.play([utterance()])
            telephone.play([utterance()])
            assert telephone.ask_key([utterance()], 5) == "2"

    def test_a_question_to_a_caller_who_is_gone_says_so(self, caller: Caller) -> None:
        with caller("") as telephone, pytest.raises(CallerHungUp):
            telephone.ask_key([utterance()], 5)
        with caller("") as telephone, pytest.raises(CallerHungUp):
            telephone.ask_digits([utterance()], never, 5, 3)
        with caller("") as telephone, pytest.raises(CallerHungUp):
            telephone.ask_secret(utterance(), 8, 5, 5)

    def test_a_note_is_taken(self, caller: Caller) -> None:
        with caller("1") as telephone:
            telephone.note("IVR_PLACE", 'menu "ü" \\ ň')
            assert telephone.ask_key([utterance()], 5) == "1"

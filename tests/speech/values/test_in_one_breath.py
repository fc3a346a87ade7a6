"""Values within a text, spoken in one breath."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.library import Library
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import Sound
from ivr.speech.texts import Texts
from ivr.speech.wholes import AT_ONCE, Wholes
from tests.speech.values.hummed import EN, KINDS, LONG, RU, TK, Fleeting, wish


class TestInOneBreath:
    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_value_is_read_whole_as_its_sentence_goes_on_or_ends(
        self, prompts: SpokenPrompts, voice: Fleeting, language: Language, kind: str
    ) -> None:
        for place, mark, after in (("end", "", "."), ("mid", ",", " now.")):
            voice.given.clear()
            said = prompts.say(language, f"{place}.{kind}", value=KINDS[kind])
            ((_, read),) = voice.given
            assert len(said.sounds) == 3
            assert read.endswith(mark)
            assert said.words == f"It is {read.removesuffix(mark)}{after}"

    @pytest.mark.parametrize(
        ("key", "value", "pieces"), [("phone", "66300890", 8), ("code", "12345", 6), ("key", 7, 2)]
    )
    def test_what_is_said_in_pairs_or_is_one_piece_is_not_read_anew(
        self, prompts: SpokenPrompts, voice: Fleeting, key: str, value: Value, pieces: int
    ) -> None:
        said = prompts.say(EN, key, value=value)
        assert voice.given == []
        assert len(said.sounds) == 1 + pieces

    def test_a_value_is_read_once_and_kept_for_the_next_process(
        self, texts: Texts, prompts: SpokenPrompts, library: Library, voice: Fleeting
    ) -> None:
        first = prompts.say(EN, "end.money", value=Money(4530))
        again = SpokenPrompts(texts, prompts.manifest, library, voice, patience=LONG)
        voice.given.clear()
        assert again.say(EN, "end.money", value=Money(4530)) == first
        assert prompts.say(EN, "end.money", value=Money(4530)) == first
        assert voice.given == []
        assert prompts.heard(first)

    def test_it_is_never_read_in_the_thread_of_the_call(
        self, prompts: SpokenPrompts, voice: Fleeting
    ) -> None:
        prompts.say(EN, "two", one=Money(4530), two=date(2026, 11, 22))
        assert len(voice.given) == 2
        assert threading.get_ident() not in voice.threads

    def test_many_callers_with_one_value_read_it_once(
        self, prompts: SpokenPrompts, voice: Fleeting
    ) -> None:
        with ThreadPoolExecutor(6) as calls, voice.blocked():
            asked = [
                calls.submit(prompts.say, RU, "end.money", value=Money(4530)) for _ in range(6)
            ]
            voice.may_go_on.set()
            assert len({call.result(LONG).sounds for call in asked}) == 1
        assert len(voice.given) == 1


class TestWithoutTime:
    def test_the_pieces_are_played_and_the_value_is_there_the_next_time(
        self, texts: Texts, prompts: SpokenPrompts, library: Library, voice: Fleeting
    ) -> None:
        hurried = SpokenPrompts(texts, prompts.manifest, library, voice, patience=0.0)
        with voice.blocked():
            pieces = hurried.say(EN, "end.money", value=Money(4530))
        whole = prompts.say(EN, "end.money", value=Money(4530))
        assert pieces.words == whole.words == "It is forty-five manat thirty tenge."
        assert len(whole.sounds) == 3
        assert pieces.sounds != whole.sounds
        assert hurried.say(EN, "end.money", value=Money(4530)) == whole

    def test_a_voice_that_has_gone_leaves_the_pieces_joined_into_one_sound(
        self, prompts: SpokenPrompts, voice: Fleeting
    ) -> None:
        voice.is_silent = True
        said = prompts.say(TK, "end.money", value=Money(4530))
        assert said.words == "It is kyrk bäş manat otuz teňňe."
        assert len(said.sounds) == 3
        assert len(prompts.heard(said)) == round(said.seconds * 8_000)

    def test_who_comes_while_much_is_made_has_no_time(
        self, prompts: SpokenPrompts, library: Library, voice: Fleeting
    ) -> None:
        made = Wholes(library)
        with voice.blocked():
            busy = [wish(f"{number:032}", voice) for number in range(AT_ONCE)]
            assert made.soon(busy, 0.0) == [None] * AT_ONCE
            assert made.soon([wish("f" * 32, voice)], LONG) == [None]
        assert made.soon(busy, LONG) == [Sound(each.hash, 5, "words") for each in busy]

    def test_a_value_for_which_there_was_no_thread_is_made_the_next_time(
        self, prompts: SpokenPrompts, voice: Fleeting
    ) -> None:
        threading.stack_size(1 << 46)  # more than any system gives
        try:
            pieces = prompts.say(EN, "end.money", value=Money(4530))
        finally:
            threading.stack_size(0)
        assert voice.given == []
        whole = prompts.say(EN, "end.money", value=Money(4530))
        assert voice.given == [(EN, "forty-five manat thirty tenge")]
        assert (whole.words, len(whole.sounds)) == (pieces.words, len(pieces.sounds))

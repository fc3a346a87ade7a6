"""Sounds that are made while callers wait, and those that are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ivr.domain.values import Money
from ivr.speech.library import Library
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import Sound
from ivr.speech.texts import Texts
from ivr.speech.wholes import AT_ONCE, READING, SOON, Wholes, notes
from tests.speech.values.hummed import EN, Fleeting, wish


class Passing:
    """Time that passes only where a caller waits for what is not there; then all of it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def run(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        if work.__name__ != "soon":
            return work(*arguments, **named)
        wishes, seconds = arguments
        assert isinstance(seconds, float)
        self.waits.append(seconds)
        self.now += seconds
        return work(wishes, 0.0)


class TestWaitingOnce:
    """All values of an answer take no longer than one may; the next answer begins again."""

    @pytest.fixture
    def passing(self) -> Passing:
        return Passing()

    @pytest.fixture
    def hurried(
        self,
        texts: Texts,
        prompts: SpokenPrompts,
        library: Library,
        voice: Fleeting,
        passing: Passing,
    ) -> SpokenPrompts:
        return SpokenPrompts(
            texts, prompts.manifest, library, voice, passing.run, SOON, passing.clock
        )

    def test_a_bill_of_many_items(
        self,
        prompts: SpokenPrompts,
        hurried: SpokenPrompts,
        voice: Fleeting,
        passing: Passing,
    ) -> None:
        items = [(Money(4530 + day), date(2026, 11, day)) for day in range(1, 1 + AT_ONCE)]
        with voice.blocked():
            answer = hurried.for_answer()
            for amount, day in items:
                said = answer.say(EN, "two", one=amount, two=day)
                assert len(said.sounds) == 4, "the pieces are joined, though all readers are busy"
            assert passing.now < SOON
            hurried.for_answer().say(EN, "end.money", value=Money(2120))
            assert passing.waits[-1] == pytest.approx(READING * SOON)
        for amount, day in items:
            prompts.say(EN, "two", one=amount, two=day)

    def test_what_is_no_answer_waits_for_each_utterance(
        self, prompts: SpokenPrompts, hurried: SpokenPrompts, voice: Fleeting, passing: Passing
    ) -> None:
        with voice.blocked():
            for tenge in (4530, 2120):
                hurried.say(EN, "end.money", value=Money(tenge))
        assert passing.waits == [pytest.approx(READING * SOON)] * 2
        for tenge in (4530, 2120):
            prompts.say(EN, "end.money", value=Money(tenge))


class TestKept:
    @pytest.fixture
    def library(self, tmp_path: Path) -> Library:
        """A library that no reader of another test still writes to."""
        return Library(tmp_path / "audio")

    def test_what_was_not_used_for_longest_goes_first(self, library: Library) -> None:
        kept = Wholes(library, most=2, in_use=60.0)
        hashes = [letter * 32 for letter in "abcde"]
        for age, hash in enumerate(reversed(hashes)):
            kept.now(wish(hash))
            os.utime(library.folder / "values" / hash, (1_000 - age, 1_000 - age))
        assert kept.kept(wish("a" * 32)) is not None  # it is in use again
        kept.sweep()
        assert [hash for hash in hashes if library.frames(hash)] == ["a" * 32, "e" * 32]
        assert {sound.hash for _, sound in notes(library, set())} == {"a" * 32, "e" * 32}

    def test_what_a_call_may_still_play_stays(self, library: Library) -> None:
        kept = Wholes(library, most=0, in_use=60.0)
        kept.now(wish("a" * 32))
        kept.sweep()
        assert library.frames("a" * 32) is not None

    def test_it_is_swept_by_itself(self, library: Library) -> None:
        kept = Wholes(library, most=0, in_use=-60.0)
        kept.now(wish("a" * 32))
        assert library.frames("a" * 32) is None

    def test_notes_tell_what_is_said_and_nothing_of_what_is_damaged(self, library: Library) -> None:
        kept = Wholes(library)
        for letter in "abcd":
            kept.now(wish(letter * 32))
        folder = library.folder / "values"
        (folder / ("b" * 32)).write_text("no note")
        (folder / ("c" * 32)).write_text("de\nworte\n")
        library.remove("d" * 32)
        assert list(notes(library, set())) == [(EN, Sound("a" * 32, 5, "words"))]
        assert list(notes(library, {"a" * 32})) == []
        assert list(notes(Library(library.folder / "none"), set())) == []

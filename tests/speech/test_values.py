"""Values in one breath: read whole beside the calls, kept while they are used; else glued."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import Unusable
from ivr.speech.audio import silence
from ivr.speech.library import Library
from ivr.speech.loudness import Samples
from ivr.speech.manifest import Manifest, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import Sound
from ivr.speech.texts import Texts
from ivr.speech.wholes import AT_ONCE, READING, SOON, Wholes, Wish, notes
from tests.speech.conftest import NotingVoice

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
LONG = 30.0
"""Seconds that no rendering takes."""
KINDS: dict[str, Value] = {
    "money": Money(4530),
    "date": date(2026, 11, 22),
    "monthday": date(2026, 11, 22),
    "clock": time(8, 30),
    "number": 123,
    "days": 30,
    "hours": 2,
    "minutes": 21,
    "seconds": 45,
    "megabytes": 1536,
    "messages": 250,
    "pieces": 3,
    "times": 2,
    "percent": 50,
    "money-from": Money(4530),
    "money-to": Money(4530),
    "monthday-from": date(2026, 11, 22),
    "monthday-to": date(2026, 11, 22),
    "clock-from": time(8, 30),
    "clock-to": time(18, 15),
}
"""Values of every kind that is said in one breath: several words each."""
TEXTS = {
    **{f"end.{kind}": f"It is {{value:{kind}}}." for kind in KINDS},
    **{f"mid.{kind}": f"It is {{value:{kind}}} now." for kind in KINDS},
    "phone": "Call {value:phone}.",
    "code": "Key in {value:code}.",
    "key": "Press {value:key}.",
    "two": "{one:money}, {two:date}.",
}


class Fleeting(NotingVoice):
    """Hums, but not when it is told to be silent; notes in which threads it reads."""

    def __init__(self) -> None:
        super().__init__(reads=False)
        self.threads: set[int] = set()
        self.is_silent = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def read(self, language: Language, words: str) -> tuple[Samples, int]:
        self.threads.add(threading.get_ident())
        self.may_go_on.wait(LONG)
        if self.is_silent:
            raise Unusable("the voice is gone")
        return super().read(language, words)

    @contextmanager
    def blocked(self) -> Iterator[None]:
        """Reading takes until the end of the block."""
        self.may_go_on.clear()
        try:
            yield
        finally:
            self.may_go_on.set()


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(dict.fromkeys(Language, TEXTS), {each: {} for each in Language})


@pytest.fixture(scope="module")
def hummed(texts: Texts, tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Manifest]:
    """All pieces, hummed."""
    library = Library(tmp_path_factory.mktemp("hummed"))
    return library, render(texts, Path("/nowhere"), library, NotingVoice(reads=False))


@pytest.fixture
def library(hummed: tuple[Library, Manifest]) -> Iterator[Library]:
    """Them alone: what a test has made is gone after it."""
    library, _ = hummed
    yield library
    for note in (library.folder / "values").glob("*"):
        library.remove(note.name)
        note.unlink()


@pytest.fixture
def voice() -> Fleeting:
    return Fleeting()


@pytest.fixture
def prompts(
    texts: Texts, hummed: tuple[Library, Manifest], library: Library, voice: Fleeting
) -> SpokenPrompts:
    return SpokenPrompts(texts, hummed[1], library, voice, patience=LONG)


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


def wish(hash: str, voice: Fleeting | None = None) -> Wish:
    """A sound of a tenth of a second."""

    def make() -> dict[str, bytes]:
        if voice is not None:
            voice.may_go_on.wait(LONG)
        return dict(silence(0.1))

    return Wish(hash, EN, "words", make)


class TestKept:
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

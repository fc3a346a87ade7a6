"""Another voice, and sounds that were prepared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.domain.values import Language, Money
from ivr.errors import Unusable
from ivr.speech.audio import silence
from ivr.speech.forms import spoken
from ivr.speech.library import Library
from ivr.speech.loudness import Samples
from ivr.speech.manifest import Manifest, spoken_pieces
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import PAUSES, SAMPLE
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice
from tests.speech.one_voice.voices import EN, K, P


class Renamed(NotingVoice):
    """Another voice than the release was made with."""

    def __init__(self, name: str = "") -> None:
        super().__init__(reads=False)
        self._name = name

    def identity(self, language: Language) -> str:
        return f"another voice of {language}{self._name}"


class Silent(Renamed):
    """It may have gone."""

    is_silent = False

    def read(self, language: Language, words: str) -> tuple[Samples, int]:
        if self.is_silent:
            raise Unusable("the voice is gone")
        return super().read(language, words)


def without(manifest: Manifest, words: Iterable[str]) -> Manifest:
    """A release that lacks the sounds of some words, in every language."""
    pieces = {
        language: {each: sound for each, sound in sounds.items() if each not in set(words)}
        for language, sounds in manifest.pieces.items()
    }
    return replace(manifest, pieces=pieces)


class TestAnotherVoice:
    """The release was made with one voice, and another is installed now."""

    @pytest.fixture(params=["named", "unnamed"])
    def manifest(self, request: pytest.FixtureRequest, synthetic: Manifest) -> Manifest:
        """As a release has it; an older version did not name the voice."""
        document = synthetic.to_document()
        if request.param == "unnamed":
            del document["voices"]
        return Manifest.from_document(document)

    def test_what_the_release_has_sounds_for_is_said_with_them(
        self, few: Texts, library: Library, manifest: Manifest
    ) -> None:
        voice = Renamed()
        prompts = SpokenPrompts(few, manifest, library, voice, patience=30.0)
        said = prompts.say(EN, "left", left=Money(4530), until=date(2026, 11, 22))
        assert said.speakers == {K}
        assert voice.given == []
        assert len(said.sounds) == 6  # each value is one of them

    def test_what_it_lacks_is_said_by_the_present_voice_with_its_whole_sentence(
        self, few: Texts, library: Library, manifest: Manifest, tmp_path: Path
    ) -> None:
        voice = Renamed(tmp_path.name)
        pieces = dict(manifest.pieces[EN])
        del pieces["manat"]
        poor = Manifest({**manifest.pieces, EN: pieces}, manifest.recordings, manifest.voices)
        prompts = SpokenPrompts(few, poor, library, voice, patience=30.0)
        said = prompts.say(EN, "left", left=Money(4530), until=date(2026, 11, 22))
        assert said.speakers == {K, P}
        assert sorted(words for _, words in voice.given) == [
            "You have",
            "forty-five manat thirty tenge,",
            "left, until",
            "the twenty-second of November",
        ]
        old = {sound.hash for sound in pieces.values()}
        heard = [Path(sound).name in old for sound in said.sounds]
        assert heard[-1]
        assert not any(heard[:4])

    @pytest.mark.parametrize("language", Language)
    def test_a_value_that_has_no_time_is_put_together_by_the_present_voice(
        self,
        few: Texts,
        library: Library,
        manifest: Manifest,
        language: Language,
    ) -> None:
        """The text is lent, and its sounds are made: nobody waits for the voice."""
        voice = Silent(" prepared")
        prompts = SpokenPrompts(few, without(manifest, ["In total"]), library, voice)
        prompts.prepare()
        voice.is_silent = True
        said = prompts.say(language, "bare", total=Money(4530))
        assert said.speakers == {P}
        assert len(said.sounds) == 3  # the pieces are joined
        assert (
            said.words
            == SpokenPrompts(few, manifest, library, NotingVoice(False))
            .say(language, "bare", total=Money(4530))
            .words
        )

    def test_a_lost_piece_is_one_that_it_lacks(
        self, few: Texts, library: Library, manifest: Manifest
    ) -> None:
        pieces = dict(manifest.pieces[EN])
        lost = pieces["You have"]
        pieces["You have"] = type(lost)("0" * 32, lost.frames, lost.words)
        poor = Manifest({**manifest.pieces, EN: pieces}, manifest.recordings, manifest.voices)
        prompts = SpokenPrompts(few, poor, library, Renamed(), patience=30.0)
        said = prompts.say(EN, "left", left=Money(4530), until=date(2026, 11, 22))
        assert said.speakers == {K, P}
        assert prompts.say(EN, "hello").speakers == {K}


class TestPrepared:
    """What a release lacks is made before a call needs it."""

    @pytest.mark.parametrize(
        ("voice", "lacking", "made"),
        [
            (Renamed("x"), [], "nothing"),
            (Renamed("x"), ["In total"], "everything"),
            (NotingVoice(reads=False), [], "nothing"),
            (NotingVoice(reads=False), ["In total"], "what it lacks"),
            (NotingVoice(reads=False), ["manat", "Call"], "what it lacks"),
        ],
    )
    def test_it_is_all_that_its_sentences_need(
        self,
        few: Texts,
        synthetic: Manifest,
        tmp_path: Path,
        voice: NotingVoice,
        lacking: list[str],
        made: str,
    ) -> None:
        voice.given.clear()
        library = Library(tmp_path)
        for sounds in synthetic.pieces.values():
            for each in sounds.values():
                if each.words not in lacking:
                    library.keep(each.hash, silence(0.1))
        prompts = SpokenPrompts(few, without(synthetic, lacking), library, voice)
        prompts.prepare()
        needed = spoken_pieces(few, EN).keys() - PAUSES.keys()
        given = {words for language, words in voice.given if language is EN}
        sample = {spoken(EN, "money", SAMPLE)}
        assert (
            given - sample
            == {
                "nothing": set(),
                "what it lacks": set(lacking),
                "everything": needed,
            }[made]
        )

    def test_a_voice_that_has_gone_harms_nothing(
        self, few: Texts, library: Library, synthetic: Manifest, tmp_path: Path
    ) -> None:
        voice = Silent(tmp_path.name)
        voice.is_silent = True
        prompts = SpokenPrompts(few, without(synthetic, ["In total"]), library, voice)
        with capture_logs() as logs:
            prompts.prepare()
        assert [each["reason"] for each in logs] == ["the voice is gone"]
        assert prompts.say(EN, "hello").speakers == {K}

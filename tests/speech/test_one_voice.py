"""Nothing is heard half in one voice and half in another within a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.domain.dialogue import Speaker, Utterance, Value
from ivr.domain.values import Language, Money
from ivr.errors import Unusable
from ivr.speech.audio import silence
from ivr.speech.forms import spoken
from ivr.speech.library import Library
from ivr.speech.loudness import Samples
from ivr.speech.manifest import Manifest, recorded, render, spoken_pieces
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import PAUSES, SAMPLE
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice
from tests.speech.test_rendering import write_recording, write_texts

EN = Language.ENGLISH
TEXTS = {
    "hello": "Hello!",
    "again": "Hello!",
    "left": "You have {left:money} left, until {until:monthday}. Thank you.",
    "bare": "In total {total:money}.",
    "named": "You chose {service:text}.",
    "going": "{service:text} is on.",
    "service.mms": "MMS",
    "number": "Call {number:phone}.",
}
VALUES: dict[str, Value] = {
    "left": Money(4530),
    "until": date(2026, 11, 22),
    "total": Money(4530),
    "number": "66300890",
    "service": "service.mms",
}
FORTY_FIVE = ("value.forty-five.mid", "value.manat.mid", "value.thirty.mid")
MONEY_END, MONEY_MID = (*FORTY_FIVE, "value.tenge.end"), (*FORTY_FIVE, "value.tenge.mid")
DAY = ("value.the.mid", "value.twenty-second.mid", "value.of.mid", "value.November.end")
LEFT = ("left.1", "left.2", "left.3")
PHONE = ("value.sixty-six.mid", "value.thirty.mid", "value.zero-eight.mid", "value.ninety.end")
R, K, P = Speaker.RECORDED, Speaker.KEPT, Speaker.PRESENT


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


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def few(place: Path) -> Texts:
    return write_texts(place, TEXTS)


@pytest.fixture(scope="module")
def library(place: Path) -> Library:
    return Library(place / "audio")


@pytest.fixture(scope="module")
def synthetic(few: Texts, library: Library) -> Manifest:
    return render(few, Path("/nowhere"), library, NotingVoice(reads=False))


def spoken_by(
    few: Texts, library: Library, synthetic: Manifest, folder: Path, names: Iterable[str]
) -> SpokenPrompts:
    """Prompts with recordings of these names, each another tone."""
    for number, name in enumerate(names):
        write_recording(folder, "en", name, 300.0 + 10 * number)
    recordings = recorded(few, folder / "recordings", library).recordings
    manifest = Manifest(synthetic.pieces, recordings, synthetic.voices)
    return SpokenPrompts(few, manifest, library, NotingVoice(reads=False), patience=30.0)


def recordings_in(prompts: SpokenPrompts, said: Utterance) -> list[str]:
    """The recordings of an utterance, by name; "" is a sound of the synthetic voice."""
    names = {sound.hash: name for name, sound in prompts.manifest.recordings[EN].items()}
    silent = {prompts.manifest.pieces[EN][mark].hash for mark in PAUSES}
    hashes = (sound.rpartition("/")[2] for sound in said.sounds)
    return [names.get(hash, "") for hash in hashes if hash not in silent]


class TestRecordings:
    @pytest.mark.parametrize(
        ("names", "key", "speakers"),
        [
            (["hello"], "hello", {R}),
            (["hello"], "again", {R}),
            (["again"], "hello", {R}),
            ([], "hello", {K}),
            ([*LEFT, *MONEY_MID, *DAY], "left", {R}),
            ([*LEFT, *MONEY_MID, *DAY[1:]], "left", {R, K}),
            ([*LEFT[:2], *MONEY_MID, *DAY], "left", {R, K}),
            ([LEFT[0], LEFT[2], *MONEY_MID, *DAY], "left", {R, K}),
            ([*LEFT], "left", {R, K}),
            (["bare.1", *MONEY_END], "bare", {R}),
            (["bare.1", *MONEY_MID], "bare", {R}),
            (["bare.1", *MONEY_END[1:]], "bare", {K}),
            ([*MONEY_END], "bare", {K}),
            (["named.1", "service.mms"], "named", {R}),
            (["named.1", "service.mms.mid"], "named", {R}),
            (["named.1"], "named", {K}),
            (["service.mms"], "named", {K}),
            (["going.1", "service.mms"], "going", {R}),
            (["number.1", *PHONE], "number", {R}),
            (["number.1", *PHONE[:3]], "number", {K}),
        ],
    )
    def test_a_sentence_is_recorded_whole_or_synthetic_whole(
        self,
        few: Texts,
        library: Library,
        synthetic: Manifest,
        tmp_path: Path,
        names: list[str],
        key: str,
        speakers: set[Speaker],
    ) -> None:
        prompts = spoken_by(few, library, synthetic, tmp_path, names)
        given = {name: VALUES[name] for name in few.slots(key)}
        said = prompts.say(EN, key, **given)
        unrecorded = SpokenPrompts(
            few, synthetic, library, NotingVoice(reads=False), patience=30.0
        ).say(EN, key, **given)
        assert said.speakers == speakers
        assert said.words == unrecorded.words
        assert (said.sounds != unrecorded.sounds) == (R in speakers)

    def test_nothing_synthetic_is_in_a_recorded_sentence(
        self, few: Texts, library: Library, synthetic: Manifest, tmp_path: Path
    ) -> None:
        names = [*LEFT, *MONEY_MID, *DAY, "number.1", *PHONE]
        prompts = spoken_by(few, library, synthetic, tmp_path, names)
        number = prompts.say(EN, "number", number="66300890")
        assert recordings_in(prompts, number) == ["number.1", *PHONE]
        left = prompts.say(EN, "left", left=VALUES["left"], until=VALUES["until"])
        assert recordings_in(prompts, left) == ["left.1", "", "left.2", "", "left.3"]
        assert not {Path(sound).name for sound in left.sounds} & _pieces(synthetic)

    @pytest.mark.parametrize(
        ("names", "key", "heard"),
        [
            (["service.mms", "service.mms.mid"], "named", "service.mms"),
            (["service.mms", "service.mms.mid"], "going", "service.mms.mid"),
            (["value.five.mid", "value.five.end"], "number", "value.five.end"),
            (["value.five.mid"], "number", "value.five.mid"),
        ],
    )
    def test_the_contour_is_that_of_the_place(
        self,
        few: Texts,
        library: Library,
        synthetic: Manifest,
        tmp_path: Path,
        names: list[str],
        key: str,
        heard: str,
    ) -> None:
        names = [*names, "named.1", "going.1", "number.1"]
        prompts = spoken_by(few, library, synthetic, tmp_path, names)
        given = {"number": {"number": "5"}}.get(key, {"service": "service.mms"})
        assert heard in recordings_in(prompts, prompts.say(EN, key, **given))

    @pytest.mark.parametrize(
        ("name", "other", "speaker"),
        [("hello", "Good morning!", K), ("named.1", "You took", K), ("hello", "Hello!", R)],
    )
    def test_a_recording_of_other_words_under_the_same_name_is_not_played(
        self,
        few: Texts,
        library: Library,
        synthetic: Manifest,
        tmp_path: Path,
        name: str,
        other: str,
        speaker: Speaker,
    ) -> None:
        """The text was lent: the release has recorded what it said itself under this key."""
        key = name.removesuffix(".1")
        prompts = spoken_by(few, library, synthetic, tmp_path, [name, "service.mms"])
        recordings = {**prompts.manifest.recordings[EN]}
        recordings[name] = replace(recordings[name], words=other)
        manifest = replace(
            prompts.manifest, recordings={**prompts.manifest.recordings, EN: recordings}
        )
        lent = SpokenPrompts(few, manifest, library, NotingVoice(reads=False), patience=30.0)
        given = {each: VALUES[each] for each in few.slots(key)}
        assert lent.say(EN, key, **given).speakers == {speaker}

    def test_what_another_speaker_says_instead_is_synthetic(
        self, few: Texts, library: Library, synthetic: Manifest, tmp_path: Path
    ) -> None:
        prompts = spoken_by(few, library, synthetic, tmp_path, ["bare.1", *MONEY_END])
        said = prompts.say(EN, "bare", total=Money(4530))
        assert said.by is not None
        other = said.by(K)
        assert other.speakers == {K}
        assert other.words == said.words
        assert not set(other.sounds) & set(said.sounds) - {other.sounds[-1]}


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


def _pieces(manifest: Manifest) -> set[str]:
    return {sound.hash for words, sound in manifest.pieces[EN].items() if words not in PAUSES}

"""A text has one voice: recordings beside a synthetic one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ivr.domain.dialogue import Speaker, Utterance, Value
from ivr.domain.values import Money
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, recorded
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import PAUSES
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice
from tests.speech.one_voice.voices import EN, K, R
from tests.speech.rendering.files import write_recording

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


def _pieces(manifest: Manifest) -> set[str]:
    return {sound.hash for words, sound in manifest.pieces[EN].items() if words not in PAUSES}

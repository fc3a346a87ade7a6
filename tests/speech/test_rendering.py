"""From texts to sounds: what is recorded, what is read, what is made again, what is said."""

from __future__ import annotations

import wave
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import FlowBroken, TemporarilyUnavailable, Unusable
from ivr.speech.espeak import EspeakNg
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, check_recordings, recorded, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import PAUSES
from ivr.speech.texts import Texts, read_texts
from ivr.speech.voice import Voice
from ivr.telephony.concatenated import ConcatenatedPrompts
from tests.speech.conftest import NotingVoice
from tests.speech.test_forms import VALUES
from tests.speech.test_spelling import TK, WRITTEN, unreadable

EN = Language.ENGLISH
MISSING = Voice({each: EspeakNg(["/nowhere/espeak-ng"], each) for each in Language})
TEXTS = {
    "hello": "Hello!",
    "balance": "The balance of {number:phone} is {balance:money}, on {day:date}.",
    "named": "You chose {service:text}.",
    "service": "SMS messages",
}


def write_texts(folder: Path, texts: dict[str, str]) -> Texts:
    for language in Language:
        (folder / f"{language}.yaml").write_text(
            "".join(f'{key}: "{text}"\n' for key, text in texts.items()), encoding="utf-8"
        )
    (folder / "pronunciation.yaml").write_text('tk: {}\nru: {}\nen: {SMS: "ess em ess"}\n')
    return read_texts(folder)


def write_recording(folder: Path, language: str, name: str, tone: float = 440.0) -> Path:
    file = folder / "recordings" / language / f"{name}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    sound = (8_000 * np.sin(np.arange(16_000) * 2 * np.pi * tone / 16_000)).astype("<i2")
    with wave.open(str(file), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(16_000)
        target.writeframes(sound.tobytes())
    return file


@pytest.fixture
def few(tmp_path: Path) -> Texts:
    return write_texts(tmp_path, TEXTS)


def rendered(texts: Texts, folder: Path, library: Library, voice: Voice) -> SpokenPrompts:
    manifest = render(texts, folder / "recordings", library, voice)
    return SpokenPrompts(texts, manifest, library, voice)


class TestRendering:
    def test_only_what_changed_is_made_anew(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        render(few, tmp_path / "recordings", library, humming)
        assert len(humming.given) > 300
        humming.given.clear()
        render(few, tmp_path / "recordings", library, humming)
        assert humming.given == []
        changed = write_texts(tmp_path, {**TEXTS, "hello": "Welcome!"})
        render(changed, tmp_path / "recordings", library, humming)
        assert sorted(humming.given) == [(language, "Welcome!") for language in sorted(Language)]

    def test_progress_goes_up_to_all(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "hello")
        seen: list[tuple[int, int]] = []
        render(
            few,
            tmp_path / "recordings",
            library,
            humming,
            lambda done, total: seen.append((done, total)),
        )
        total = seen[-1][1]
        assert seen == [(done, total) for done in range(1, total + 1)]

    def test_a_recording_is_heard_instead_of_the_voice(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "hello")
        prompts = rendered(few, tmp_path, library, humming)
        utterance = prompts.say(EN, "hello")
        assert utterance.words == "Hello!"
        assert utterance.seconds == pytest.approx(1.0 + PAUSES["!"], abs=0.1)
        assert prompts.say(Language.RUSSIAN, "hello").sounds != utterance.sounds

    def test_each_piece_of_a_text_can_be_recorded(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "balance.2")
        prompts = rendered(few, tmp_path, library, humming)
        values: dict[str, Value] = {
            "number": "66300890",
            "balance": Money(530),
            "day": date(2026, 11, 22),
        }
        assert prompts.say(EN, "balance", **values).words == (
            "The balance of sixty-six, thirty, zero eight, ninety is five manat thirty tenge, "
            "on the twenty-second of November two thousand twenty-six."
        )
        assert prompts.manifest.recordings[EN]["balance.2"].words == "is"

    def test_another_recording_is_another_sound(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        hashes = set()
        for tone in (440.0, 550.0):
            write_recording(tmp_path, "en", "hello", tone)
            found = recorded(few, tmp_path / "recordings", library)
            hashes.add(found.recordings[EN]["hello"].hash)
        assert len(hashes) == 2

    def test_a_recording_of_no_text_is_refused_by_name(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        file = write_recording(tmp_path, "en", "helo")
        with pytest.raises(Unusable, match=f"{file} belongs to no text"):
            render(few, tmp_path / "recordings", library, humming)

    def test_a_damaged_recording_is_refused_by_name(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        file = write_recording(tmp_path, "en", "hello")
        file.write_bytes(b"ID3 no wave at all")
        with pytest.raises(Unusable, match=f"{file} is not a WAV file"):
            render(few, tmp_path / "recordings", library, humming)

    def test_a_check_names_what_cannot_be_used_and_keeps_nothing(
        self, few: Texts, tmp_path: Path
    ) -> None:
        recordings = tmp_path / "recordings"
        check_recordings(few, recordings)
        good = write_recording(tmp_path, "en", "hello")
        check_recordings(few, recordings)
        write_recording(tmp_path, "en", "balance.9")
        with pytest.raises(Unusable, match=r"balance\.9\.wav belongs to no text"):
            check_recordings(few, recordings)
        (recordings / "en" / "balance.9.wav").unlink()
        good.write_bytes(b"no wave")
        with pytest.raises(Unusable, match="is not a WAV file"):
            check_recordings(few, recordings)
        good.unlink()
        write_recording(tmp_path, "de", "hello")
        with pytest.raises(Unusable, match="is not the folder of a language: use tk, ru or en"):
            check_recordings(few, recordings)

    def test_a_missing_voice_is_told(self, few: Texts, tmp_path: Path, library: Library) -> None:
        with pytest.raises(Unusable, match="espeak-ng does not start"):
            render(few, tmp_path / "recordings", library, MISSING)

    def test_a_manifest_outlives_a_document(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        manifest = render(few, tmp_path / "recordings", library, humming)
        assert Manifest.from_document(manifest.to_document()) == manifest

    @pytest.mark.parametrize("document", [None, {}, [], {"pieces": {}, "recordings": {}}])
    def test_a_damaged_document_is_told(self, document: object) -> None:
        with pytest.raises(FlowBroken, match="damaged"):
            Manifest.from_document(document)


class TestPrompts:
    @pytest.fixture
    def prompts(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> SpokenPrompts:
        return rendered(few, tmp_path, library, humming)

    def test_a_text_in_a_text_is_said_with_it(self, prompts: SpokenPrompts) -> None:
        said = prompts.say(EN, "named", service="service")
        assert said.words == "You chose ess em ess messages."
        assert said.seconds > 0
        assert len(said.sounds) == 3

    def test_seconds_are_those_of_the_bytes(self, prompts: SpokenPrompts) -> None:
        said = prompts.say(EN, "named", service="service")
        assert len(prompts.heard(said)) / 8_000 == pytest.approx(said.seconds)

    @pytest.mark.parametrize(
        ("key", "values", "why"),
        [
            ("nothing", {}, "there is no text 'nothing'"),
            ("named", {}, "has no value for 'service'"),
            ("named", {"service": "nothing"}, "there is no text 'nothing'"),
            ("named", {"service": "named"}, "has no value for 'service'"),
            ("balance", {"number": "66", "balance": 5, "day": date.min}, "cannot be said as money"),
        ],
    )
    def test_what_cannot_be_said_is_told(
        self, prompts: SpokenPrompts, key: str, values: dict[str, Value], why: str
    ) -> None:
        with pytest.raises(FlowBroken, match=why):
            prompts.say(EN, key, **values)

    @pytest.mark.parametrize(
        ("key", "values", "is_fixed"),
        [
            ("hello", {}, True),
            ("named", {"service": "service"}, True),
            ("press", {"press": 2}, True),
            ("both", {"service": "service", "press": 2}, True),
            ("balance", {"number": "66", "balance": Money(1), "day": date.min}, False),
            ("plain", {"words": "Hello!"}, False),
            ("mixed", {"press": 2, "left": 3}, False),
        ],
    )
    def test_it_is_fixed_if_it_says_the_same_to_every_caller(
        self,
        tmp_path: Path,
        library: Library,
        humming: NotingVoice,
        key: str,
        values: dict[str, Value],
        is_fixed: bool,
    ) -> None:
        texts = write_texts(
            tmp_path,
            {
                **TEXTS,
                "press": "Press {press:key}.",
                "both": "For {service:text}, press {press:key}.",
                "plain": "{words:plain} And goodbye.",
                "mixed": "Press {press:key} for {left:number}.",
            },
        )
        prompts = SpokenPrompts(
            texts, recorded(texts, tmp_path / "none", library), library, humming
        )
        assert prompts.say(EN, key, **values).is_fixed is is_fixed

    def test_the_question_for_the_language_is_one_sound(
        self, texts: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        empty = recorded(texts, tmp_path / "none", library)
        prompts = SpokenPrompts(texts, empty, library, humming)
        question = [
            prompts.say(language, "language.press", press=key)
            for key, language in enumerate(Language, 1)
        ]
        assert len({sound for each in question for sound in each.sounds}) > len(Language)
        concatenated = ConcatenatedPrompts(tmp_path / "concatenated")
        assert concatenated.make([question]) == 1
        assert len(concatenated.sounds(question)) == 1

    def test_a_piece_without_a_sound_is_made_when_it_is_needed(
        self, few: Texts, prompts: SpokenPrompts, library: Library, humming: NotingVoice
    ) -> None:
        pieces = dict(prompts.manifest.pieces[EN])
        del pieces["sixty-six"]
        manifest = replace(prompts.manifest, pieces={**prompts.manifest.pieces, EN: pieces})
        poor = SpokenPrompts(few, manifest, library, humming, patience=30.0)
        said = poor.say(EN, "balance", number="66", balance=Money(1), day=date.min)
        assert said.words.startswith("The balance of sixty-six is one tenge")
        assert poor.heard(said)

    def test_a_sound_that_is_lost_is_made_again(
        self, few: Texts, prompts: SpokenPrompts, library: Library, humming: NotingVoice
    ) -> None:
        lost = prompts.manifest.pieces[EN]["Hello!"]
        library.path(lost.hash).with_suffix(".alaw").unlink()
        humming.given.clear()
        again = SpokenPrompts(few, prompts.manifest, library, humming)
        assert humming.given == [(EN, "Hello!")]
        assert again.heard(again.say(EN, "hello"))

    def test_a_recording_that_is_lost_is_said_by_the_voice(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "hello")
        manifest = render(few, tmp_path / "recordings", library, humming)
        for encoding in ("alaw", "ulaw", "g722"):
            path = library.path(manifest.recordings[EN]["hello"].hash)
            path.with_suffix(f".{encoding}").unlink()
        prompts = SpokenPrompts(few, manifest, library, humming)
        assert prompts.say(EN, "hello").words == "Hello!"
        assert prompts.heard(prompts.say(EN, "hello"))

    def test_a_voice_that_has_gone_is_no_broken_flow(
        self, few: Texts, tmp_path: Path, library: Library
    ) -> None:
        empty = recorded(few, tmp_path / "recordings", library)
        gone = SpokenPrompts(few, empty, library, MISSING)
        with pytest.raises(TemporarilyUnavailable, match="voice"):
            gone.say(EN, "hello")


class TestNoDigitReachesTheTurkmenVoice:
    """Law of the languages: what is given to the voice is letters, whatever operators write."""

    def test_in_the_shipped_texts(self, texts: Texts, library: Library, tmp_path: Path) -> None:
        humming = NotingVoice(reads=False)
        render(texts, tmp_path / "none", library, humming)
        given = [words for language, words in humming.given if language is TK]
        assert len(given) > 250
        assert {words: bad for words in given if (bad := unreadable(TK, words))} == {}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(written=WRITTEN, value=VALUES, more=st.integers(0, 10**11))
    def test_in_any_text_with_any_value(
        self, library: Library, written: str, value: tuple[str, Value], more: int
    ) -> None:
        humming = NotingVoice(reads=False)
        kind, said = value
        words = written.replace("{", "").replace("}", "")
        text = f"{words} {{value:{kind}}} {{more:number}} {more} {words}"
        texts = Texts({each: {"text": text} for each in Language}, {each: {} for each in Language})
        empty = recorded(texts, Path("/nowhere"), library)
        SpokenPrompts(texts, empty, library, humming).say(TK, "text", value=said, more=more)
        for language, given_words in humming.given:
            assert language is TK
            assert unreadable(TK, given_words) == []

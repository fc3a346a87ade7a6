"""Joined pieces: no pauses, no clicks, no more length than the words have in one breath."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.domain.values import Language, Money
from ivr.speech.audio import FRAME, NARROW, Encoded, decoded, prepare
from ivr.speech.forms import spoken
from ivr.speech.joints import join
from ivr.speech.library import Library
from ivr.speech.loudness import Samples, active_level
from ivr.speech.manifest import recorded
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import BETWEEN, SOFTER, Reader
from ivr.speech.spelling import spell
from ivr.speech.texts import Texts
from ivr.speech.vocabulary import compose, vocabulary
from tests.speech.conftest import NotingVoice
from tests.speech.recorders import speech

AMOUNTS = [4530, 250_000, 12_345, 305, 5_050, 120_021, 99_999, -305, 1_234_567]
"""Of teňňe: one unit and two, small and large numbers, and one below zero."""
MOST = 1.2
"""Of the length of the same words, read in one breath: shorter joints eat soft consonants."""
MOST_OF_WHOLE = 1.05
MOST_OF_ONE = 1.35
"""Of one amount: single short words are longer alone than between others."""


def heard_seconds(sound: Encoded) -> float:
    """From the first to the last moment over -45 dBov."""
    narrow, _ = decoded(sound)
    step = NARROW // 200
    levels = np.sqrt(np.mean(narrow[: len(narrow) // step * step].reshape(-1, step) ** 2, axis=1))
    loud = np.flatnonzero(levels > 10 ** (-45 / 20))
    return float(loud[-1] + 1 - loud[0]) / 200


def tone(seconds: float, hertz: float = 300.0) -> Samples:
    """Loud at once, and away at once."""
    return 0.2 * np.sin(np.arange(int(seconds * NARROW)) * 2 * np.pi * hertz / NARROW)


class TestJoining:
    def test_nothing_of_two_pieces_is_left_out_and_nothing_stands_between(self) -> None:
        pieces = [prepare(tone(seconds), NARROW, BETWEEN) for seconds in (0.3, 0.5)]
        made = join(pieces, BETWEEN)
        assert heard_seconds(made) == pytest.approx(0.83, abs=0.03)
        assert heard_seconds(made) > 0.77

    def test_the_pause_inside_a_piece_stays(self) -> None:
        halves = np.concatenate([tone(0.2), np.zeros(NARROW // 10), tone(0.2)])
        made = join([prepare(halves, NARROW, BETWEEN)] * 2, BETWEEN)
        assert heard_seconds(made) == pytest.approx(1.03, abs=0.04)

    def test_every_encoding_has_the_same_whole_frames(self) -> None:
        made = join([prepare(tone(0.313), NARROW, BETWEEN)] * 3, BETWEEN)
        (size,) = {len(sound) for sound in made.values()}
        assert size % FRAME == 0

    def test_a_joint_is_no_click(self) -> None:
        """No step between two samples is larger than within the tone itself."""
        narrow, wide = decoded(join([prepare(tone(0.3), NARROW, BETWEEN)] * 3, BETWEEN))
        alone, wide_alone = decoded(prepare(tone(0.9), NARROW, BETWEEN))
        for joined, whole in ((narrow, alone), (wide, wide_alone)):
            assert np.max(np.abs(np.diff(joined))) < 1.5 * np.max(np.abs(np.diff(whole)))

    def test_levels_stay(self) -> None:
        soft, loud = (prepare(tone(0.4), NARROW, BETWEEN, gain) for gain in (-18.0, -6.0))
        narrow, _ = decoded(join([soft, loud], BETWEEN))
        first, second = narrow[NARROW // 8 : NARROW // 3], narrow[-NARROW // 3 : -NARROW // 8]
        difference = active_level(second, NARROW) - active_level(first, NARROW)
        assert difference == pytest.approx(12.0, abs=1.0)


@pytest.mark.parametrize("language", Language)
def test_an_amount_is_no_longer_than_its_words_in_one_breath(
    texts: Texts, voice: NotingVoice, library: Library, language: Language
) -> None:
    """Measured as pieces were found to add 10 to 28 % where each of them was played alone."""
    reader = Reader(voice)
    ratios = {}
    for tenge in AMOUNTS:
        words = spoken(language, "money", Money(tenge))
        spelled = [
            spell(language, piece, texts.lexicon) for piece in compose(words, vocabulary(language))
        ]
        pieces = [reader.say_piece(library, language, piece, is_unit=False) for piece in spelled]
        joined = join([library.sound(piece.hash) for piece in pieces], BETWEEN)
        whole = prepare(*voice.read(language, " ".join(spelled)), BETWEEN)
        ratios[words] = heard_seconds(joined) / heard_seconds(whole)
    assert float(np.mean(list(ratios.values()))) <= MOST, ratios
    assert max(ratios.values()) <= MOST_OF_ONE, ratios


@pytest.mark.parametrize("language", Language)
def test_an_amount_that_is_read_whole_is_as_long_as_its_words(
    texts: Texts, voice: NotingVoice, library: Library, tmp_path: Path, language: Language
) -> None:
    """In the middle of a sentence and at its end."""
    said = {"mid": "{value:money} now.", "end": "{value:money}."}
    few = Texts(dict.fromkeys(Language, said), texts.lexicon)
    manifest = recorded(few, tmp_path, library)
    prompts = SpokenPrompts(few, manifest, library, voice, patience=30.0)
    for tenge in AMOUNTS:
        spelled = spell(language, spoken(language, "money", Money(tenge)), texts.lexicon)
        alone = heard_seconds(prepare(*voice.read(language, spelled), BETWEEN))
        for key in ("mid", "end"):
            utterance = prompts.say(language, key, value=Money(tenge))
            amount = heard_seconds(library.sound(Path(utterance.sounds[0]).name))
            assert amount <= MOST_OF_WHOLE * alone, utterance.words


class TestOneGain:
    def test_numbers_keep_their_levels_among_each_other(
        self, voice: NotingVoice, library: Library
    ) -> None:
        reader = Reader(voice)
        gains = []
        for words in ("forty-five", "seven hundred", "thirty", "the", "November"):
            kept = reader.say_piece(library, Language.ENGLISH, words, is_unit=False)
            sound, rate = voice.read(Language.ENGLISH, words)
            alone, _ = decoded(prepare(sound, rate, BETWEEN, 0.0))
            narrow, _ = decoded(library.sound(kept.hash))
            gains.append(active_level(narrow, NARROW) - active_level(alone, NARROW))
        assert max(gains) - min(gains) < 1.0
        assert gains[0] == pytest.approx(reader.gain(Language.ENGLISH), abs=1.0)

    def test_units_are_softer(self, voice: NotingVoice, library: Library) -> None:
        reader = Reader(voice)
        levels = [
            active_level(decoded(library.sound(sound.hash))[0], NARROW)
            for sound in (
                reader.say_piece(library, Language.RUSSIAN, "манатов", is_unit=is_unit)
                for is_unit in (False, True)
            )
        ]
        assert levels[0] - levels[1] == pytest.approx(SOFTER, abs=0.5)

    def test_an_amount_is_at_the_level_of_prompts(
        self, voice: NotingVoice, library: Library
    ) -> None:
        reader = Reader(voice)
        words = compose(
            spoken(Language.TURKMEN, "money", Money(4530)), vocabulary(Language.TURKMEN)
        )
        pieces = [
            reader.say_piece(library, Language.TURKMEN, each, is_unit=False) for each in words
        ]
        made = join([library.sound(piece.hash) for piece in pieces], BETWEEN)
        assert active_level(decoded(made)[0], NARROW) == pytest.approx(-26.0, abs=1.5)

    def test_recorded_pieces_keep_their_levels_among_each_other(
        self, texts: Texts, library: Library, tmp_path: Path
    ) -> None:
        louder = {"kyrk-bäş": 1.0, "otuz": 1.0, "ýedi": 0.5, "manat": 1.0, "on": 1.0}
        for words, gain in louder.items():
            file = tmp_path / "tk" / f"value.{words}.mid.wav"
            file.parent.mkdir(exist_ok=True)
            soundfile.write(file, gain * speech(48_000), 48_000)
        found = recorded(texts, tmp_path, library).recordings[Language.TURKMEN]
        levels = {
            name.split(".")[1]: active_level(decoded(library.sound(sound.hash))[0], NARROW)
            for name, sound in found.items()
        }
        assert levels["kyrk-bäş"] == pytest.approx(-26.0, abs=1.0)
        assert levels["otuz"] == pytest.approx(levels["kyrk-bäş"], abs=0.2)
        assert levels["otuz"] - levels["ýedi"] == pytest.approx(6.0, abs=0.5)
        assert levels["otuz"] - levels["manat"] == pytest.approx(SOFTER, abs=0.5)

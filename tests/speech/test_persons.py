"""Takes and recordings of people: the speakers of Asterisk's core sounds read the numbers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import read_settings
from ivr.speech.checks import Known, findings
from ivr.speech.importing import Part, match_part, pieces_of
from ivr.speech.loudness import Samples
from ivr.speech.matching import Matching, match
from ivr.speech.numerals import cardinal
from ivr.speech.recordable import Contour, Item, value_name
from ivr.speech.script import Line
from ivr.speech.takes import Take, cut, read_take
from ivr.telephony import executables
from tests.speech.recorders import wav
from tests.speech.takers import RATE, breath, click, noise, silence, synthetic

SPEAKERS = {Language.ENGLISH: "en_US_f_Allison", Language.RUSSIAN: "ru_RU_f_IvrvoiceRU"}
NUMBERS = [*range(21), *range(30, 100, 10)]
EACH = pytest.mark.parametrize("language", SPEAKERS)


def folder(language: Language) -> Path:
    return executables.share(read_settings(), "asterisk") / "sounds" / SPEAKERS[language]


@cache
def said(file: Path) -> Samples:
    sound, rate = soundfile.read(file, format="RAW", subtype="GSM610", samplerate=8_000, channels=1)
    made: Samples = soxr.resample(sound, rate, RATE)
    return made


def number(language: Language, value: int) -> Samples:
    return said(folder(language) / "digits" / f"{value}.gsm")


def line(language: Language, at: int, value: int) -> Line:
    words = cardinal(language, value)
    item = Item(value_name(words, Contour.MID), words, Contour.MID)
    return Line(at, item, "numbers", "")


def lines(language: Language) -> list[Line]:
    return [line(language, at, value) for at, value in enumerate(NUMBERS, 1)]


def take(language: Language, values: list[int], pause: float = 1.3) -> Take:
    """Numbers read one after the other, with a breath or a click in each pause."""
    parts = [silence(1)]
    for at, value in enumerate(values):
        gap = silence(pause)
        between = breath(0.35, 0.02) if at % 2 else click(0.3)
        gap[int(0.4 * RATE) :][: len(between)] += between
        parts += [number(language, value), gap]
    sound = np.concatenate(parts)
    return read_take(wav(sound + noise(len(sound), 0.0004), rate=RATE), "take.wav")


def matched(language: Language, values: list[int]) -> Matching:
    heard = take(language, values)
    return match(heard, cut(heard), lines(language), lambda words: synthetic(language, words))


@EACH
class TestPersons:
    def test_each_number_is_one_piece(self, language: Language) -> None:
        assert len(cut(take(language, NUMBERS))) == len(NUMBERS)

    def test_are_matched_with_the_script(self, language: Language) -> None:
        heard = take(language, NUMBERS)
        found = match_part(
            heard, lines(language), Part(), lambda words: synthetic(language, words), "take.wav"
        )
        assert [each.line for each in found.matches] == lines(language)
        assert found.problems == ()
        assert found.again == ()
        assert all(piece.is_good for piece in pieces_of(heard, found))

    @pytest.mark.parametrize("again", [2, 9, 20])
    def test_repeat_themselves(self, language: Language, again: int) -> None:
        found = matched(language, sorted([*NUMBERS, NUMBERS[again]]))
        assert [each.line.number - 1 for each in found.again] == [again]
        assert [each.line for each in found.matches] == lines(language)
        # Where two numbers sound alike it asks, and never takes the wrong one.
        assert all("seems to be read twice" in each for each in found.problems)

    @pytest.mark.parametrize("missing", [3, 11, 24])
    def test_leave_something_out(self, language: Language, missing: int) -> None:
        found = matched(language, [each for each in NUMBERS if each != NUMBERS[missing]])
        assert found.problems
        assert any("seems to be missing" in problem for problem in found.problems)
        places = [
            at for at in range(len(NUMBERS)) for each in found.problems if f"{at + 1} '" in each
        ]
        assert any(abs(at - missing) <= 1 for at in places)

    def test_read_in_a_wrong_order(self, language: Language) -> None:
        values = list(NUMBERS)
        values[7], values[8] = values[8], values[7]
        found = matched(language, values)
        assert found.problems

    def test_read_something_else(self, language: Language) -> None:
        heard = take(language, NUMBERS[::-1])
        with pytest.raises(Unusable, match="does not match the script"):
            match_part(heard, lines(language), Part(), lambda w: synthetic(language, w), "take.wav")

    def test_have_nothing_wrong_with_their_recordings(self, language: Language) -> None:
        files = sorted(folder(language).glob("*.gsm"))[::6] + [
            folder(language) / "digits" / f"{value}.gsm" for value in NUMBERS
        ]
        faults = {
            file.name: [finding.sentence for finding in findings(said(file), RATE, Known("a, b"))]
            for file in files
            if "beep" not in file.name and "tone" not in file.name and "conf" not in file.name
        }
        assert {name: told for name, told in faults.items() if told} == {}
        assert len(faults) > 60

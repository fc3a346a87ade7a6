"""Takes for tests."""

from __future__ import annotations

from ivr.domain.values import Language
from ivr.speech.loudness import Samples
from ivr.speech.script import Line
from ivr.speech.takes import Take, read_take
from tests.speech.recorders import wav
from tests.speech.takers import RATE

TK = Language.TURKMEN


def words_of(lines: list[Line]) -> list[str]:
    return [line.item.words for line in lines]


def take_of(sound: Samples) -> Take:
    return read_take(wav(sound, rate=RATE), "take.wav")

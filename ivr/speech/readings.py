"""What the synthetic voice says, as callers hear it, to compare recordings with."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from ivr.speech.audio import NARROW
from ivr.speech.checks import levels
from ivr.speech.library import Library
from ivr.speech.likeness import Sound
from ivr.speech.manifest import say
from ivr.speech.voice import Voice
from ivr.values import Language

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Python 3.13 has audioop-lts
    import audioop

HEARD = 40.0
"""Decibels under the loudest moment that are speech still."""


@dataclass(frozen=True)
class Readings:
    """The synthetic readings of a language; what the library has not is made."""

    library: Library
    voice: Voice
    language: Language

    def __call__(self, words: str) -> Sound:
        """The sound of words at 8 kHz, without silence around it. Unusable: there is no voice."""
        sound = say(self.library, self.voice, self.language, words)
        linear = np.frombuffer(audioop.alaw2lin(self.library.alaw(sound.hash), 2), "<i2")
        whole: Sound = (linear / 2**15).astype(np.float32)
        frames = levels(whole.astype(np.float64), NARROW)
        loud = np.flatnonzero(frames > frames.max() - HEARD)
        size = NARROW // 100
        return whole[int(loud[0]) * size : (int(loud[-1]) + 1) * size]

    def seconds(self, words: str) -> float:
        """How long the reading is."""
        return len(self(words)) / NARROW

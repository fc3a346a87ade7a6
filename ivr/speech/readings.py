"""Synthetic readings to compare recordings with: rendered once, kept in the library."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass

import numpy as np

from ivr.domain.values import Language
from ivr.speech.audio import NARROW, prepare
from ivr.speech.checks import levels
from ivr.speech.library import Library
from ivr.speech.likeness import Sound
from ivr.speech.voice import Voice

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Python 3.13 needs audioop-lts
    import audioop

ALGORITHM = "reading 1"
"""Change it whenever the same words would be read differently."""
HEARD = 40.0
"""Decibels below the loudest moment that still count as speech."""


@dataclass(frozen=True)
class Readings:
    """The synthetic readings of a language."""

    library: Library
    voice: Voice
    language: Language

    def __call__(self, words: str) -> Sound:
        """Return the sound of words at 8 kHz, without silence around it. Unusable: no voice."""
        parts = (ALGORITHM, self.language, self.voice.identity(self.language), words)
        hash = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
        if self.library.frames(hash) is None:
            self.library.keep(hash, prepare(*self.voice.read(self.language, words), 0.0))
        linear = np.frombuffer(audioop.alaw2lin(self.library.alaw(hash), 2), "<i2")
        whole: Sound = (linear / 2**15).astype(np.float32)
        frames = levels(whole.astype(np.float64), NARROW)
        loud = np.flatnonzero(frames > frames.max() - HEARD)
        size = NARROW // 100
        return whole[int(loud[0]) * size : (int(loud[-1]) + 1) * size]

    def seconds(self, words: str) -> float:
        """Return the length of the reading."""
        return len(self(words)) / NARROW

"""Takes as a speaker records them: items read one after the other, with all that happens between.

The speaker is espeak-ng in another voice, pace and pitch than the line's own reading.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import soxr

from ivr.domain.values import Language
from ivr.settings import read_settings
from ivr.speech.audio import NARROW, read_wave
from ivr.speech.likeness import Sound
from ivr.speech.loudness import Samples
from ivr.system.hardening import program_environment
from ivr.telephony import executables

RATE = 16_000
VOICES = {Language.TURKMEN: "tk+f3", Language.RUSSIAN: "ru+f3", Language.ENGLISH: "en+f3"}


def _said(words: str, *options: str) -> tuple[Samples, int]:
    said = subprocess.run(
        [*executables.program(read_settings(), "espeak-ng"), *options, "--stdout"],
        input=words.encode(),
        capture_output=True,
        check=True,
        env=program_environment(),
    )
    return read_wave(said.stdout, words)


@cache
def reading(language: Language, words: str, pace: int = 150) -> Samples:
    """Words as the speaker reads them, at 16 kHz, without silence around them."""
    sound, rate = _said(words, "-v", VOICES[language], "-s", str(pace), "-p", "60")
    narrow: Samples = soxr.resample(sound, rate, RATE)
    loud = np.flatnonzero(np.abs(narrow) > 0.004)
    kept: Samples = narrow[loud[0] : loud[-1] + 1]
    quieter: Samples = kept * 0.25 / np.max(np.abs(kept))
    return quieter


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE))


def breath(seconds: float = 0.35, level: float = 0.012) -> Samples:
    """Air drawn in before one speaks: noise that swells, without a voice."""
    count = int(seconds * RATE)
    noise = np.random.default_rng(7).normal(0, 1, count)
    swell = np.hanning(count)
    return np.diff(noise, prepend=0.0) * swell * level


def click(level: float = 0.5) -> Samples:
    """A mouse: two short cracks."""
    crack = np.exp(-np.arange(int(0.006 * RATE)) / 12) * np.cos(np.arange(int(0.006 * RATE)))
    return np.concatenate([crack, silence(0.07), 0.6 * crack]) * level


def noise(count: int, level: float, seed: int = 3) -> Samples:
    """Air of a room, ``level`` as a share of full scale."""
    return np.random.default_rng(seed).normal(0, level, count)


def hum(count: int, level: float) -> Samples:
    """50 Hz and its overtones, as a bad cable has them."""
    at = np.arange(count) / RATE
    tones = [np.sin(2 * np.pi * 50 * n * at) / n for n in (1, 2, 3)]
    return np.asarray(level * np.sum(tones, axis=0))


@dataclass
class Taking:
    """A take as it is put together."""

    language: Language
    pause: float = 1.2
    parts: list[Samples] = field(default_factory=lambda: [silence(1)])

    def read(self, words: Iterable[str], between: Callable[[int], Samples] | None = None) -> Taking:
        """Read items, a pause behind each; ``between`` makes what is heard in it."""
        for number, each in enumerate(words):
            self.parts.append(reading(self.language, each))
            gap = silence(self.pause)
            if between is not None:
                inside = between(number)[: len(gap) - 3_200]
                gap[1_600 : 1_600 + len(inside)] += inside
            self.parts.append(gap)
        return self

    def sound(self, floor: float = 0.0005) -> Samples:
        whole = np.concatenate([*self.parts, silence(0.5)])
        return whole + noise(len(whole), floor)


@cache
def synthetic(language: Language, words: str) -> Sound:
    """The line's own reading of words at 8 kHz, without silence around it."""
    sound, rate = _said(words, "-v", language, "-s", "180")
    narrow = soxr.resample(sound, rate, NARROW)
    loud = np.flatnonzero(np.abs(narrow) > 0.01 * np.max(np.abs(narrow)))
    kept: Sound = narrow[loud[0] : loud[-1] + 1].astype(np.float32)
    return kept

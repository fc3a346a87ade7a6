"""One piece of speech: which sound says which words, and how to render a missing sound."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.domain.values import Language, Money
from ivr.speech.audio import Encoded, gain_of, prepare, silence
from ivr.speech.forms import spoken
from ivr.speech.joints import join
from ivr.speech.library import Library
from ivr.speech.voice import Voice

ALGORITHM = "2"
"""Change it whenever the same words would sound different; all sounds are then rendered again."""
OF_VALUES, WHOLE, JOINED = "value 1", "whole 1", "joined 1"
"""The same for pieces of values, for whole values, and for joined pieces."""
PAUSES = {".": 0.18, "!": 0.18, "?": 0.18, ":": 0.14, ",": 0.12, ";": 0.14}
"""Seconds of silence after a piece, by its last mark. Together with the edge of the next piece
and the rounding to frames, a full stop is a quarter of a second, and no prompt ends in more
than 0.3 s of silence."""
BETWEEN = 0.04
SOFTER = 3.0
"""Decibels by which a unit is softer than the number before it."""
SAMPLE = Money(123_456)
"""An amount with large and small numbers and both units; its level gives the gain of the voice."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One piece of speech: its hash, length and words."""

    hash: str
    frames: int
    """Number of frames of 20 ms."""
    words: str


class Reader:
    """A voice with one common gain for all its numbers. One instance serves all threads."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self._gains: dict[Language, float] = {}
        self._lock = threading.Lock()

    def gain(self, language: Language) -> float:
        """Return the gain in decibels. Unusable: the voice does not speak."""
        with self._lock:
            if language not in self._gains:
                words = spoken(language, "money", SAMPLE)
                self._gains[language] = gain_of(*self.voice.read(language, words))
            return self._gains[language]

    def say(self, library: Library, language: Language, words: str) -> Sound:
        """Return the synthetic sound of words, its level set individually; render it
        if it does not exist."""
        hash = hash_of(ALGORITHM, language, self.voice.identity(language), words)
        frames = library.frames(hash)
        if frames is None:
            if words in PAUSES:
                frames = library.keep(hash, silence(PAUSES[words] - BETWEEN))
            else:
                read = self.voice.read(language, words)
                frames = library.keep(hash, prepare(*read, tail_of(words)))
        return Sound(hash, frames, words)

    def say_piece(self, library: Library, language: Language, words: str, is_unit: bool) -> Sound:
        """Return the synthetic sound of a piece of values, with the common gain of the voice."""
        softer = SOFTER if is_unit else 0.0
        hash = hash_of(OF_VALUES, language, self.voice.identity(language), str(softer), words)
        frames = library.frames(hash)
        if frames is None:
            gain = self.gain(language) - softer
            frames = library.keep(hash, prepare(*self.voice.read(language, words), BETWEEN, gain))
        return Sound(hash, frames, words)


def tail_of(words: str) -> float:
    """Return the seconds of silence after the last sound of words."""
    return PAUSES.get(words[-1:], BETWEEN)


def words_of(sounds: Sequence[Sound]) -> str:
    """Return the words of several sounds."""
    words = " ".join(sound.words for sound in sounds)
    for mark in PAUSES:
        words = words.replace(f" {mark}", mark)
    return words


def joined(library: Library, sounds: tuple[Sound, ...]) -> Encoded:
    """Join the pieces of a value into one sound. Unusable: a piece is missing."""
    return join([library.sound(sound.hash) for sound in sounds], BETWEEN)


def hash_of(*parts: str) -> str:
    """Return the name of a sound, computed from everything that determines how it sounds."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

"""The synthetic voice: one engine for each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ivr.domain.values import Language
from ivr.speech.loudness import Samples


class Engine(Protocol):
    """A program that reads words of one language aloud. One instance serves all threads."""

    @property
    def identity(self) -> str:
        """Return program, version, voice and rate, which determine how words sound."""

    def read(self, words: str) -> tuple[Samples, int]:
        """Return the sound of words and its rate in hertz. Unusable: the engine does not speak."""


class Voice:
    """Reads words of every language aloud."""

    def __init__(self, engines: Mapping[Language, Engine]) -> None:
        self._engines = engines

    def identity(self, language: Language) -> str:
        """Return all that determines how words sound; it is part of the hash of a sound."""
        return self._engines[language].identity

    def read(self, language: Language, words: str) -> tuple[Samples, int]:
        """Return the sound of words and its rate in hertz. Unusable: the engine does not speak."""
        return self._engines[language].read(words)

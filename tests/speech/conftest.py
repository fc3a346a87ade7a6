"""A voice that notes what it is given to read, and everything that the line says, rendered."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from ivr.domain.values import Language
from ivr.settings import PROJECT, read_settings
from ivr.speech.library import Library
from ivr.speech.loudness import Samples
from ivr.speech.manifest import Manifest, render
from ivr.speech.texts import Texts, read_texts
from ivr.speech.voice import Voice
from ivr.wiring.voices import engine

PROMPTS = PROJECT / "prompts"


class NotingVoice(Voice):
    """The line's own voice, and a list of all that reached it. ``reads`` off: a tone, for speed."""

    def __init__(self, reads: bool = True) -> None:
        settings = read_settings()
        super().__init__({each: engine(settings, each) for each in Language})
        self.given: list[tuple[Language, str]] = []
        self._reads = reads
        self._lock = threading.Lock()

    def identity(self, language: Language) -> str:
        """A tone is another voice: what it says must not be taken for the line's own."""
        return super().identity(language) if self._reads else "a tone"

    def read(self, language: Language, words: str) -> tuple[Samples, int]:
        with self._lock:
            self.given.append((language, words))
        if self._reads:
            return super().read(language, words)
        return 0.1 * np.sin(np.arange(2_000) * 0.3), 8_000


@pytest.fixture
def voice() -> NotingVoice:
    return NotingVoice()


@pytest.fixture
def humming() -> NotingVoice:
    return NotingVoice(reads=False)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "audio")


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The texts that are shipped."""
    return read_texts(PROMPTS)


@pytest.fixture(scope="session")
def shipped(texts: Texts, tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Manifest]:
    """All sounds of the shipped texts, as a line renders them."""
    library = Library(tmp_path_factory.mktemp("shipped"), read_settings().cache / "audio")
    return library, render(texts, PROMPTS / "recordings", library, NotingVoice())

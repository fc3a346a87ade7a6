"""The line as a caller hears it: A-law at 8 kHz, rendered as for a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ivr.settings import PROJECT, Settings
from ivr.speech.library import Library
from ivr.speech.manifest import recorded, say
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, read_texts
from ivr.values import Language
from ivr.wiring import House
from tests.ears.sentences import Sentence

PROMPTS = PROJECT / "prompts"


class Way(StrEnum):
    """How the pieces of a sentence come together."""

    LINE = "as the line says it"
    WHOLE = "read in one go"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and its sound."""

    words: str
    """All of it in words, as the voice is given them."""
    alaw: bytes


class Line:
    """Says sentences with the voices of the settings."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Sounds that the cache of the settings lacks are kept in it, and in ``folder``."""
        self.texts = read_texts(PROMPTS)
        self._library = Library(folder, settings.cache / "audio")
        self._voice = House(settings).voice
        manifest = recorded(self.texts, PROMPTS / "recordings", self._library)
        self._prompts = SpokenPrompts(self.texts, manifest, self._library, self._voice)

    def identity(self, language: Language) -> str:
        """Program, voice and rate."""
        return self._voice.identity(language)

    def say(self, language: Language, sentence: Sentence, way: Way = Way.LINE) -> Said:
        """A sentence as it is sent to a telephone."""
        utterances = [
            self._prompts.say(language, key, **sentence.values) for key in sentence.keys
        ]
        words = " ".join(utterance.words for utterance in utterances)
        if way is Way.WHOLE:
            return self.read(language, words)
        return Said(words, b"".join(map(self._prompts.heard, utterances)))

    def words(self, language: Language, text: str) -> str:
        """A text as a voice is given it."""
        return spell(language, text, self.texts.lexicon)

    def read(self, language: Language, text: str) -> Said:
        """Any text, in the line's voice."""
        words = self.words(language, text)
        sound = say(self._library, self._voice, language, words)
        return Said(words, self._library.alaw(sound.hash))

    def every(self, language: Language) -> Iterator[str]:
        """The words of every text that the line says, without what stands in for values."""
        for key in self.texts.keys:
            if not key.startswith(WRITTEN) and (parts := self.texts.segments(language, key)):
                yield self.words(language, " ".join(parts.values()))

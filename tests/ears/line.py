"""The line as a caller hears it: A-law at 8 kHz, rendered as for a call."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ivr.domain.values import Language
from ivr.settings import PROJECT, Settings
from ivr.speech.library import Library
from ivr.speech.manifest import recorded
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.sound import Reader
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, read_texts
from ivr.speech.wholes import Wholes, Wish
from ivr.wiring.container import Container
from tests.ears.sentences import Sentence

PROMPTS = PROJECT / "prompts"


class Way(StrEnum):
    """How a value is said: by how much time there is."""

    BREATH = "in one breath"
    JOINED = "joined"
    PIECES = "in pieces"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and its sound."""

    words: str
    """All of it in words, as the voice is given them."""
    alaw: bytes


class Line:
    """Says sentences with the voices of the settings."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Values are kept in a folder, and what every installation needs in the cache."""
        self.texts = read_texts(PROMPTS)
        self._reader = Reader(Container(settings).voice)
        self._libraries = {way: Library(folder / way, settings.cache / "audio") for way in Way}
        self._prompts = {way: self._in_time(way) for way in Way}

    def identity(self, language: Language) -> str:
        """Program, voice and rate."""
        return self._reader.voice.identity(language)

    def say(self, language: Language, sentence: Sentence, way: Way) -> Said:
        """A sentence as it is sent to a telephone."""
        prompts = self._prompts[way]
        utterances = [prompts.say(language, key, **sentence.values) for key in sentence.keys]
        return Said(
            " ".join(utterance.words for utterance in utterances),
            b"".join(map(prompts.heard, utterances)),
        )

    def words(self, language: Language, text: str) -> str:
        """A text as a voice is given it."""
        return spell(language, text, self.texts.lexicon)

    def read(self, language: Language, text: str) -> Said:
        """Any text, in the line's voice."""
        library = self._libraries[Way.BREATH]
        sound = self._reader.say(library, language, self.words(language, text))
        return Said(sound.words, library.alaw(sound.hash))

    def every(self, language: Language) -> Iterator[str]:
        """The words of every text that the line says, without what stands in for values."""
        for key in self.texts.keys:
            if not key.startswith(WRITTEN) and (parts := self.texts.segments(language, key)):
                yield self.words(language, " ".join(parts.values()))

    def _in_time(self, way: Way) -> SpokenPrompts:
        """Prompts that have time for this way, on any machine."""
        library, voice = self._libraries[way], self._reader.voice
        wholes = Wholes(library)

        def run(work: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
            match work.__name__:
                case Wholes.soon.__name__:
                    wishes: Sequence[Wish] = given[0]
                    return [wholes.now(wish) if way is Way.BREATH else None for wish in wishes]
                case Wholes.made.__name__ if way is Way.PIECES:
                    return None
                case _:
                    return work(*given, **named)

        manifest = dataclasses.replace(
            recorded(self.texts, PROMPTS / "recordings", library),
            voices={language: voice.identity(language) for language in Language},
        )
        return SpokenPrompts(self.texts, manifest, library, voice, run)

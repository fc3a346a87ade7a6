"""Which sound says which words: made for all texts of a release before it is published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.errors import FlowBroken
from ivr.speech.audio import prepare, silence
from ivr.speech.library import Library
from ivr.speech.recording import read_bytes, read_recording
from ivr.speech.recording import recordings as recordings_of
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, Slot, Texts
from ivr.speech.vocabulary import vocabulary
from ivr.speech.voice import Voice
from ivr.values import Language

ALGORITHM = "2"
"""Changed whenever the same words would sound otherwise: all is rendered anew then."""
DECODER = "3"
"""Changed whenever the same recording would sound otherwise."""
READERS = 2
PAUSES = {".": 0.18, "!": 0.18, "?": 0.18, ":": 0.14, ",": 0.12, ";": 0.14}
"""Seconds of silence after a piece, by how it ends. With the edge of the next piece and whole
frames, a full stop is a quarter of a second, and no prompt ends in more than 0.3 s of silence."""
BETWEEN = 0.04


@dataclass(frozen=True, slots=True)
class Sound:
    """One piece of speech: where it is, how long, what it says."""

    hash: str
    frames: int
    """Of 20 ms."""
    words: str


@dataclass(frozen=True)
class Manifest:
    """The sounds of a release."""

    pieces: dict[Language, dict[str, Sound]] = field(default_factory=dict)
    """By the words as they are given to the voice, punctuation included."""
    recordings: dict[Language, dict[str, Sound]] = field(default_factory=dict)
    """By the text's key, or ``key.N`` for its N-th piece."""

    def sounds(self, language: Language) -> Iterator[Sound]:
        """Every sound of a language."""
        yield from self.pieces[language].values()
        yield from self.recordings[language].values()

    def to_document(self) -> dict[str, Any]:
        """JSON-able; ``from_document`` reads it."""
        return {
            name: {
                language: {key: [s.hash, s.frames, s.words] for key, s in sounds.items()}
                for language, sounds in part.items()
            }
            for name, part in (("pieces", self.pieces), ("recordings", self.recordings))
        }

    @classmethod
    def from_document(cls, document: Any) -> Manifest:
        """What ``to_document`` made. FlowBroken: it is damaged."""
        try:
            pieces, recordings = (
                {
                    language: {
                        key: Sound(str(hash), int(frames), str(words))
                        for key, (hash, frames, words) in document[name][language].items()
                    }
                    for language in Language
                }
                for name in ("pieces", "recordings")
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise FlowBroken("the audio of a release is damaged") from None
        return cls(pieces, recordings)


Progress = Callable[[int, int], None]


def render(
    texts: Texts,
    recordings: Path,
    library: Library,
    voice: Voice,
    progress: Progress = lambda _done, _all: None,
) -> Manifest:
    """Sounds for every text and for the words of numbers; only what is new is made.

    ``recordings`` has ``<language>/<key>.wav``. Unusable names what cannot be rendered.
    """
    wanted = [(language, words) for language in Language for words in _pieces(texts, language)]
    found = list(recordings_of(recordings, texts))
    pieces: dict[Language, dict[str, Sound]] = {language: {} for language in Language}
    total = len(wanted) + len(found)
    with ThreadPoolExecutor(READERS, "voice") as readers:
        made = readers.map(lambda piece: say(library, voice, *piece), wanted)
        for done, ((language, words), sound) in enumerate(zip(wanted, made, strict=True), 1):
            pieces[language][words] = sound
            progress(done, total)
    manifest = Manifest(pieces, {language: {} for language in Language})
    for done, (language, key, file, words) in enumerate(found, len(wanted) + 1):
        manifest.recordings[language][key] = _recording(library, file, words)
        progress(done, total)
    return manifest


def recorded(texts: Texts, recordings: Path, library: Library) -> Manifest:
    """The recordings alone; every other piece is made when it is asked for."""
    manifest = Manifest({language: {} for language in Language}, {each: {} for each in Language})
    for language, key, file, words in recordings_of(recordings, texts):
        manifest.recordings[language][key] = _recording(library, file, words)
    return manifest


def check_recordings(texts: Texts, folder: Path) -> None:
    """Read all recordings and keep nothing. Unusable names one that cannot be used."""
    for _, _, file, _ in recordings_of(folder, texts):
        read_recording(read_bytes(file), file)


def say(library: Library, voice: Voice, language: Language, words: str) -> Sound:
    """The synthetic sound of words, made if it is not there."""
    hash = _hash(ALGORITHM, language, voice.identity(language), words)
    frames = library.frames(hash)
    if frames is None:
        if words in PAUSES:
            frames = library.keep(hash, silence(PAUSES[words] - BETWEEN))
        else:
            frames = library.keep(hash, prepare(*voice.read(language, words), _tail(words)))
    return Sound(hash, frames, words)


def _recording(library: Library, file: Path, words: str) -> Sound:
    data = read_bytes(file)
    tail = _tail(words)
    hash = _hash(DECODER, hashlib.sha256(data).hexdigest(), str(tail))
    frames = library.frames(hash)
    if frames is None:
        frames = library.keep(hash, prepare(*read_recording(data, file), tail))
    return Sound(hash, frames, words)


def _tail(words: str) -> float:
    return PAUSES.get(words[-1:], BETWEEN)


def _pieces(texts: Texts, language: Language) -> Iterable[str]:
    """What must be said in a language, each once."""
    found: dict[str, None] = dict.fromkeys(PAUSES)
    for key, parts in texts.parts[language].items():
        for part in parts if not key.startswith(WRITTEN) else ():
            if not isinstance(part, Slot) and (words := spell(language, part, texts.lexicon)):
                found[words] = None
    for words in sorted(vocabulary(language)):
        found[spell(language, words, texts.lexicon)] = None
    return found


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

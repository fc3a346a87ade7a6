"""Which sound says which words: made for all texts of a release before it is published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.errors import FlowBroken, Unusable
from ivr.speech.audio import prepare, read_wave, silence
from ivr.speech.library import Library
from ivr.speech.spelling import spell
from ivr.speech.texts import Slot, Texts
from ivr.speech.vocabulary import vocabulary
from ivr.speech.voice import SPEED, Voice
from ivr.values import Language

ALGORITHM = "1"
"""Changed whenever the same words would sound otherwise: all is rendered anew then."""
READERS = 2
PAUSES = {".": 0.25, "!": 0.25, "?": 0.25, ":": 0.16, ",": 0.14, ";": 0.16}
"""Seconds of silence after a piece, by how it ends."""
BETWEEN = 0.06


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
                    Language(language): {key: Sound(*sound) for key, sound in sounds.items()}
                    for language, sounds in document[name].items()
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
    manifest = Manifest({language: {} for language in Language}, {each: {} for each in Language})
    wanted = [(language, words) for language in Language for words in _pieces(texts, language)]
    recorded = list(_recorded(recordings, texts))
    total = len(wanted) + len(recorded)
    done = 0
    with ThreadPoolExecutor(READERS, "voice") as readers:
        made = readers.map(lambda piece: say(library, voice, *piece), wanted)
        for (language, words), sound in zip(wanted, made, strict=True):
            manifest.pieces[language][words] = sound
            done += 1
            progress(done, total)
    for language, key, file, words in recorded:
        manifest.recordings[language][key] = _recording(library, file, words)
        done += 1
        progress(done, total)
    return manifest


def say(library: Library, voice: Voice, language: Language, words: str) -> Sound:
    """The synthetic sound of words, made if it is not there."""
    hash = _hash(ALGORITHM, language, str(SPEED[language]), words)
    frames = library.frames(hash)
    if frames is None:
        tail = PAUSES.get(words[-1:], BETWEEN)
        if words in PAUSES:
            frames = library.keep(hash, silence(tail))
        else:
            frames = library.keep(hash, prepare(*voice.read(language, words), tail))
    return Sound(hash, frames, words)


def _recording(library: Library, file: Path, words: str) -> Sound:
    data = _bytes(file)
    hash = _hash(ALGORITHM, hashlib.sha256(data).hexdigest())
    frames = library.frames(hash)
    if frames is None:
        frames = library.keep(hash, prepare(*read_wave(data, str(file)), PAUSES["."]))
    return Sound(hash, frames, words)


def _pieces(texts: Texts, language: Language) -> Iterable[str]:
    """What must be said in a language, each once."""
    found: dict[str, None] = dict.fromkeys(PAUSES)
    for parts in texts.parts[language].values():
        for part in parts:
            if not isinstance(part, Slot):
                found[spell(language, part, texts.lexicon)] = None
    found.update(dict.fromkeys(vocabulary(language)))
    return found


def _recorded(folder: Path, texts: Texts) -> Iterator[tuple[Language, str, Path, str]]:
    """Recordings that belong to a text: language, key, file, the words that it says."""
    for language in Language:
        for key, parts in texts.parts[language].items():
            pieces = [part for part in parts if isinstance(part, str) and part not in PAUSES]
            named: Mapping[str, str] = (
                {key: pieces[0]}
                if len(parts) == 1 and pieces
                else {f"{key}.{n}": piece for n, piece in enumerate(pieces, 1)}
            )
            for name, piece in named.items():
                file = folder / language / f"{name}.wav"
                if file.exists():
                    yield language, name, file, spell(language, piece, texts.lexicon)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

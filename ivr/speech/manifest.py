"""The manifest of a release: which sound says which words. It is made for all texts before the
release is published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from ivr.domain.values import Language
from ivr.errors import FlowBroken
from ivr.speech.audio import gain_of, prepare
from ivr.speech.library import Library
from ivr.speech.recordable import VALUE, Contour, value_name
from ivr.speech.recording import Recording, read_bytes, read_recording
from ivr.speech.recording import recordings as recordings_of
from ivr.speech.sound import BETWEEN, PAUSES, SOFTER, Reader, Sound, hash_of, tail_of
from ivr.speech.spelling import spell
from ivr.speech.texts import WRITTEN, Slot, Texts
from ivr.speech.vocabulary import unit_nouns, vocabulary
from ivr.speech.voice import Voice

DECODER = "3"
"""Change it whenever the same recording would sound different."""
READERS = 2
SAMPLES = 25
"""Number of recorded pieces of values from which the common level is measured."""
STEP = 0.5
"""Rounding of a set's gain in decibels, so that one more recording does not change it."""


class Piece(Enum):
    """The use of a piece of speech."""

    TEXT = "text"
    NUMBER = "number"
    """A piece of a value."""
    UNIT = "unit"
    """A piece of a value that names a unit; it is a little softer."""


@dataclass(frozen=True)
class Manifest:
    """The sounds of a release."""

    pieces: dict[Language, dict[str, Sound]] = field(default_factory=dict)
    """By the words as the voice gets them, including punctuation."""
    recordings: dict[Language, dict[str, Sound]] = field(default_factory=dict)
    """By the name of the recording: a text's key, ``key.N``, ``value.<words>.mid`` …."""
    voices: dict[Language, str] = field(default_factory=dict)
    """The identity of the voice that read the pieces; missing if unknown."""

    def sounds(self, language: Language) -> Iterator[Sound]:
        """Yield every sound of a language."""
        yield from self.pieces[language].values()
        yield from self.recordings[language].values()

    def to_document(self) -> dict[str, Any]:
        """Return a JSON-compatible document for ``from_document``."""
        parts = {
            name: {
                language: {key: [s.hash, s.frames, s.words] for key, s in sounds.items()}
                for language, sounds in part.items()
            }
            for name, part in (("pieces", self.pieces), ("recordings", self.recordings))
        }
        return {**parts, "voices": dict(self.voices)}

    @classmethod
    def from_document(cls, document: Any) -> Manifest:
        """Read the result of ``to_document``. FlowBroken: it is damaged."""
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
            read = document.get("voices", {})
            voices = {each: str(read[each]) for each in Language if each in read}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise FlowBroken("the audio of a release is damaged") from None
        return cls(pieces, recordings, voices)


Progress = Callable[[int, int], None]


def render(
    texts: Texts,
    recordings: Path | Sequence[Recording],
    library: Library,
    voice: Voice,
    progress: Progress = lambda _done, _all: None,
) -> Manifest:
    """Make sounds for every text and for the words of numbers; only new ones are rendered.

    ``recordings`` is a list of recordings, or a folder with ``<language>/<key>.wav``. Unusable
    names what cannot be rendered.
    """
    reader = Reader(voice)
    wanted = [
        (language, words, kind)
        for language in Language
        for words, kind in spoken_pieces(texts, language).items()
    ]
    found = _found(recordings, texts)
    pieces: dict[Language, dict[str, Sound]] = {language: {} for language in Language}
    total = len(wanted) + len(found)
    with ThreadPoolExecutor(READERS, "voice") as readers:
        made = readers.map(lambda piece: make(library, reader, *piece), wanted)
        for done, ((language, words, _), sound) in enumerate(zip(wanted, made, strict=True), 1):
            pieces[language][words] = sound
            progress(done, total)
    sounds = _recordings(library, found, lambda done: progress(len(wanted) + done, total))
    return Manifest(pieces, sounds, {each: voice.identity(each) for each in Language})


def recorded(texts: Texts, recordings: Path | Sequence[Recording], library: Library) -> Manifest:
    """Make the manifest of the recordings alone; every other piece is rendered on request."""
    found = _found(recordings, texts)
    return Manifest({language: {} for language in Language}, _recordings(library, found))


def _found(recordings: Path | Sequence[Recording], texts: Texts) -> Sequence[Recording]:
    if isinstance(recordings, Path):
        return list(recordings_of(recordings, texts))
    return recordings


def check_recordings(texts: Texts, folder: Path) -> None:
    """Read all recordings without storing them. Unusable names one that cannot be used."""
    for _, _, file, _ in recordings_of(folder, texts):
        read_recording(read_bytes(file), file)


def make(library: Library, reader: Reader, language: Language, words: str, kind: Piece) -> Sound:
    """Return the synthetic sound of a piece; render it if it does not exist."""
    if kind is Piece.TEXT:
        return reader.say(library, language, words)
    return reader.say_piece(library, language, words, is_unit=kind is Piece.UNIT)


def spoken_pieces(texts: Texts, language: Language) -> Mapping[str, Piece]:
    """Return everything that must be said in a language, each once, as the voice gets it."""
    found = dict.fromkeys(PAUSES, Piece.TEXT)
    for key, parts in texts.parts[language].items():
        for part in parts if not key.startswith(WRITTEN) else ():
            if not isinstance(part, Slot) and (words := spell(language, part, texts.lexicon)):
                found[words] = Piece.TEXT
    units = unit_nouns(language)
    for words in sorted(vocabulary(language)):
        kind = Piece.UNIT if words in units else Piece.NUMBER
        found[spell(language, words, texts.lexicon)] = kind
    return found


def _recordings(
    library: Library,
    found: Sequence[Recording],
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[Language, dict[str, Sound]]:
    """Return the sounds of recordings, by language and name."""
    sounds: dict[Language, dict[str, Sound]] = {language: {} for language in Language}
    gains = _gains(found)
    for done, each in enumerate(found, 1):
        language, name, *_ = each
        sounds[language][name] = _recording(library, each, gains)
        progress(done)
    return sounds


def _recording(library: Library, found: Recording, gains: Mapping[Language, float]) -> Sound:
    language, name, file, words = found
    data = read_bytes(file)
    digest = hashlib.sha256(data).hexdigest()
    if name.startswith(VALUE):
        gain = gains[language] - (SOFTER if name in _unit_names(language) else 0.0)
        tail, hash = BETWEEN, hash_of(DECODER, digest, "value", str(gain))
    else:
        gain, tail = None, tail_of(words)
        hash = hash_of(DECODER, digest, str(tail))
    frames = library.frames(hash)
    if frames is None:
        frames = library.keep(hash, prepare(*read_recording(data, file), tail, gain))
    return Sound(hash, frames, words)


@cache
def _unit_names(language: Language) -> frozenset[str]:
    """Return the names of the recordings of units."""
    nouns = unit_nouns(language)
    return frozenset(value_name(noun, contour) for noun in nouns for contour in Contour)


def _gains(found: Sequence[Recording]) -> Mapping[Language, float]:
    """Return the gain in decibels for all recorded pieces of values, by language; it is
    measured on some of them."""
    gains: dict[Language, float] = {}
    for language in Language:
        files = sorted(
            file for each, name, file, _ in found if each is language and name.startswith(VALUE)
        )
        levels = [
            gain_of(*read_recording(read_bytes(file), file))
            for file in files[:: max(1, len(files) // SAMPLES)]
        ]
        if levels:
            gains[language] = round(median(levels) / STEP) * STEP
    return gains

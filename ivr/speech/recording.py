"""Find and read recordings made by people. `ivr flow check` and publishing read
them in the same way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.audio import read_wave
from ivr.speech.loudness import Samples
from ivr.speech.recordable import file_words
from ivr.speech.texts import Texts

MOST_BYTES = 64_000_000
"""Maximum size of a file: five minutes of 16 bits, 48 kHz, in stereo."""
SHORTEST = 0.1
"""Minimum seconds: no word is shorter."""
SUFFIXES = frozenset(
    [
        ".wav",
        ".wave",
        ".rf64",
        ".bw64",
        ".bwf",
        ".aif",
        ".aiff",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".mp3",
    ]
)
"""File extensions of recordings; the first bytes determine the format, not the extension."""
OF_COMPUTERS = frozenset({"thumbs.db", "desktop.ini"})
"""Files that operating systems put into folders, besides those whose name starts with a dot."""

Recording = tuple[Language, str, Path, str]
"""Language, name of the text or its piece, file, spoken words."""


def recordings(folder: Path, texts: Texts) -> Iterator[Recording]:
    """Yield the recordings ``<folder>/<language>/<name>.wav`` of texts and values.

    Unusable names a file or folder that does not belong there.
    """
    known = {*Language}
    for each in _entries(folder):
        if each.name not in known:
            raise Unusable(f"{each} is not the folder of a language: use tk, ru or en")
    for language in Language:
        found = files(folder / language)
        for name, words in file_words(texts, language).items() if found else ():
            if (file := found.pop(name, None)) is not None:
                yield language, name, file, words
        for file in found.values():
            raise Unusable(
                f"{file} belongs to no text: name it after a key of {language}.yaml, and after "
                "its piece where the text has braces (`key.1.wav`), or as `ivr voices script "
                f"{language}` has it, or remove it"
            )


def names(folder: Path, language: Language) -> set[str]:
    """Return the names of the recordings of a language, in the form of ``Item.name``."""
    return set(files(folder / language))


def read_bytes(file: Path, most: int = MOST_BYTES) -> bytes:
    """Read a file. Unusable: it cannot be read, is not a file, or is too large."""
    try:
        if not file.is_file():
            raise Unusable(f"{file} is not a file: put the recording itself there, or remove it")
        size = file.stat().st_size
        if size > most:
            way = "record the text alone" if most == MOST_BYTES else "save it in parts"
            raise Unusable(
                f"{file} is larger than {most // 1_000_000} MB ({size // 1_000_000} MB): {way}, "
                "as WAV (PCM, 16 bit)"
            )
        return file.read_bytes()
    except OSError as error:
        raise Unusable(
            f"{file}: cannot be read ({error.strerror}): let the user who runs `ivr` read it"
        ) from None


def read_recording(data: bytes, file: Path) -> tuple[Samples, int]:
    """Return the sound of a recording and its rate. Unusable: it is damaged or incomplete."""
    sound, rate = read_wave(data, str(file))
    if len(sound) < SHORTEST * rate:
        raise Unusable(
            f"{file} is {len(sound) / rate:.2f} seconds long, too short for a word; record it again"
        )
    return sound, rate


def files(folder: Path) -> dict[str, Path]:
    """Return the recordings in the folder of a language by name, without the extension.

    Unusable names a file that is not a recording, or two with one name.
    """
    found: dict[str, Path] = {}
    for file in _entries(folder):
        name = unicodedata.normalize("NFC", file.stem)
        if file.suffix.lower() not in SUFFIXES:
            raise Unusable(
                f"{file} does not have the name of a recording: recordings end in .wav; rename"
                " or remove it"
            )
        if name in found:
            raise Unusable(
                f"{file} and {found[name].name} belong to the same text: remove one of them"
            )
        found[name] = file
    return found


def _entries(folder: Path) -> list[Path]:
    """List a folder without the operating system's own files; empty if it does not exist."""
    try:
        found = sorted(folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise Unusable(f"{folder}: cannot be read ({error.strerror})") from None
    return [
        each
        for each in found
        if not each.name.startswith(".") and each.name.lower() not in OF_COMPUTERS
    ]

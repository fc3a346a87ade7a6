"""Sounds that are always said together are joined into one, so that a menu is one command.

Only what says the same to every caller is joined, texts with keys to press among it: neither a
number nor a secret ever comes into these files.
A medley is made beside the calls when it is first wanted; who wants it before hears its sounds.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from ivr.domain.dialogue import Utterance
from ivr.telephony.folders import remove_old

log = structlog.get_logger()

ENCODINGS = ("alaw", "ulaw", "g722")
"""Files of a sound; each can be joined byte by byte."""
MOST = 1_000
"""Medleys of a process: far more than there are menus in three languages."""
UNUSED_SECONDS = 180 * 86_400.0
"""After so long a medley that no process has begun to use is gone: its release is."""

Sounds = tuple[str, ...]


class Medleys:
    """One for a process. May be used from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[Sounds, str] = {}
        """Empty: it is not there, or not yet."""

    def sounds(self, utterances: Iterable[Utterance]) -> list[str]:
        """What to play, in order: a medley for each row of utterances without values."""
        return self._rows(utterances, self._joined)

    def made(self, utterances: Iterable[Utterance]) -> list[str]:
        """The same for who has time: each medley is there when this returns, or its sounds are."""
        return self._rows(utterances, self._joined_now)

    def _rows(
        self, utterances: Iterable[Utterance], joined: Callable[[Sequence[str]], Sequence[str]]
    ) -> list[str]:
        found: list[str] = []
        row: list[str] = []
        for utterance in utterances:
            if utterance.is_fixed:
                row += utterance.sounds
            else:
                found += joined(row)
                found += utterance.sounds
                row = []
        return [*found, *joined(row)]

    def sweep(self) -> None:
        """Remove what is used no more."""
        remove_old(self._folder, UNUSED_SECONDS)

    def _joined(self, row: Sequence[str]) -> Sequence[str]:
        if len(row) < 2:
            return row
        sounds = tuple(row)
        medley = self._made.get(sounds)
        if medley:
            return [medley]
        if medley is None and len(self._made) < MOST:
            self._made[sounds] = ""
            threading.Thread(target=self._make, args=(sounds,), name="medley", daemon=True).start()
        return row

    def _joined_now(self, row: Sequence[str]) -> Sequence[str]:
        if len(row) < 2:
            return row
        sounds = tuple(row)
        self._make(sounds)  # also what was made before: who uses it says that it is used
        medley = self._made.get(sounds)
        return [medley] if medley else row

    def _make(self, sounds: Sounds) -> None:
        names = "\n".join(os.path.basename(sound) for sound in sounds)
        path = self._folder / hashlib.sha256(names.encode()).hexdigest()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for encoding in ENCODINGS:
                _join(sounds, path.with_suffix(f".{encoding}"), encoding)
        except OSError as error:
            log.warning("sounds are not joined", reason=str(error.strerror))
            return
        self._made[sounds] = str(path)


def _join(sounds: Sounds, file: Path, encoding: str) -> None:
    """Whole or not at all; what is there already is used."""
    with suppress(FileNotFoundError):
        os.utime(file)
        return
    fresh = file.with_suffix(f".{encoding}.{os.getpid()}")
    try:
        fresh.write_bytes(b"".join(Path(f"{sound}.{encoding}").read_bytes() for sound in sounds))
        os.replace(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)

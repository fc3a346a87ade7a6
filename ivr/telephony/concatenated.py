"""Concatenated prompts: prompts that are always played together are one sound.

So a menu needs one AGI command. The sounds are made when a release is published, and by the
process beside the workers when it loads a release. A call only looks up which sounds there are.
Only prompts without values are joined: these files never contain a number or a secret.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import structlog

from ivr.domain.dialogue import Utterance
from ivr.telephony.folders import remove_old

log = structlog.get_logger()

ENCODINGS = ("alaw", "ulaw", "g722")
"""Encodings of each sound; all can be joined byte by byte. The last one is written last."""
MOST = 2_000
"""Rows of sounds whose concatenation a process caches."""
UNUSED_SECONDS = 180 * 86_400.0
"""A file that no release has needed for so long is removed."""

Sounds = tuple[str, ...]


class ConcatenatedPrompts:
    """The concatenated prompts in a folder. Used by one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = -1
        """Modification time of the folder when it was last read (nanoseconds)."""
        self._names: frozenset[str] = frozenset()
        """Names of the concatenated prompts that exist."""
        self._played: dict[Sounds, Sounds] = {}

    def sounds(self, utterances: Iterable[Utterance]) -> list[str]:
        """Return the sounds to play, in order; for each row without values as few as possible."""
        self._look()
        played: list[str] = []
        for is_fixed, row in _rows(utterances):
            played += self._fewest(row) if is_fixed else row
        return played

    def make(self, said: Iterable[Sequence[Utterance]]) -> int:
        """Make the missing concatenated prompts; return the number of rows in ``said``.

        Remove files that no release has needed for UNUSED_SECONDS. A failure is logged: callers
        then hear single sounds.
        """
        rows = {row for each in said for is_fixed, row in _rows(each) if is_fixed and len(row) > 1}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for row in sorted(rows):
                for encoding in ENCODINGS:
                    _join(row, self._folder / f"{_name(row)}.{encoding}", encoding)
        except OSError as error:
            log.warning("prompts are not concatenated", reason=str(error.strerror))
        remove_old(self._folder, UNUSED_SECONDS)
        return len(rows)

    def _look(self) -> None:
        """Read the folder if it has changed. This costs one system call while nothing changes."""
        try:
            changed = os.stat(self._folder).st_mtime_ns
            if changed == self._seen:
                return
            names = os.listdir(self._folder)
        except OSError:
            changed, names = -1, []
        last = f".{ENCODINGS[-1]}"
        self._names = frozenset(name.removesuffix(last) for name in names if name.endswith(last))
        self._seen = changed
        self._played.clear()

    def _fewest(self, row: Sounds) -> Sounds:
        played = self._played.get(row)
        if played is None:
            played = tuple(self._longest(row))
            if len(self._played) >= MOST:
                self._played.clear()
            self._played[row] = played
        return played

    def _longest(self, row: Sounds) -> Iterator[str]:
        """Yield, from the front, the longest concatenated prompt that exists."""
        start = 0
        while start < len(row):
            end = len(row)
            while end > start + 1 and _name(row[start:end]) not in self._names:
                end -= 1
            whole = row[start:end]
            yield whole[0] if len(whole) == 1 else str(self._folder / _name(whole))
            start = end


def _rows(utterances: Iterable[Utterance]) -> Iterator[tuple[bool, Sounds]]:
    """Group the sounds of neighbouring utterances: without values (True), and with."""
    for is_fixed, row in groupby(utterances, lambda each: each.is_fixed):
        yield is_fixed, tuple(sound for utterance in row for sound in utterance.sounds)


def _name(row: Sounds) -> str:
    names = "\n".join(os.path.basename(sound) for sound in row)
    return hashlib.sha256(names.encode()).hexdigest()


def _join(row: Sounds, file: Path, encoding: str) -> None:
    """Write a joined sound atomically; if the file exists, mark it as used (mtime)."""
    with suppress(FileNotFoundError):
        os.utime(file)
        return
    fresh = file.with_suffix(f".{encoding}.{os.getpid()}")
    try:
        fresh.write_bytes(b"".join(Path(f"{sound}.{encoding}").read_bytes() for sound in row))
        os.replace(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)

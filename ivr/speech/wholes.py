"""Render whole values beside the calls as soon as a value is known, and keep the sounds while they
are in use.

A caller never notices the wait. A sound that is not ready in time is replaced by its pieces, and is
ready the next time. A note beside each sound states its words, for a phone that listens. The times
of the notes also show which sounds have not been used for long.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import structlog

from ivr.domain.values import Language
from ivr.errors import IvrError
from ivr.speech.audio import Encoded
from ivr.speech.library import Library
from ivr.speech.sound import Sound

log = structlog.get_logger()

SOON = 0.3
"""Seconds that a caller may wait for the values of an answer without noticing it."""
UNHURRIED = 30.0
"""The same limit when there is no caller on the line."""
READING = 2 / 3
"""Maximum share of that time for reading. The rest is for joining pieces,
which takes some 10 ms."""
AT_ONCE = 8
"""Maximum number of values that are being read or queued; further ones are not read in time."""
MOST_KEPT = 2_000
"""Maximum number of sounds, of some 50 kB each; the most recently used ones are kept."""
IN_USE = 900.0
"""Seconds after its last use during which a sound is kept: a call may still play it."""
SWEEP_EVERY = 100
"""Number of new sounds between two checks of the total."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A sound that is needed soon."""

    hash: str
    language: Language
    words: str
    make: Callable[[], Encoded]


class Wholes:
    """The rendered values of one release. Any thread may use it; several
    processes share the library."""

    def __init__(self, library: Library, most: int = MOST_KEPT, in_use: float = IN_USE) -> None:
        self._library, self._most, self._in_use = library, most, in_use
        self._making: dict[str, Future[Sound | None]] = {}
        self._made = 0
        self._lock = threading.Lock()

    def kept(self, wish: Wish) -> Sound | None:
        """Return a sound made earlier, and mark it as in use."""
        frames = self._library.frames(wish.hash)
        if frames is None:
            return None
        with suppress(OSError):
            os.utime(self._note(wish.hash))
        return Sound(wish.hash, frames, wish.words)

    def soon(self, wishes: Sequence[Wish], seconds: float) -> list[Sound | None]:
        """Return the sounds ready within ``seconds``; render the others in the background."""
        futures = [self._start(wish) for wish in wishes]
        wait([future for future in futures if future is not None], seconds)
        return [future.result() if future and future.done() else None for future in futures]

    def made(self, wish: Wish) -> Sound | None:
        """Make a sound in this thread; return None if it fails. For sounds
        that take little time."""
        try:
            return self.now(wish)
        except IvrError as error:
            log.warning("a value is said in pieces", reason=str(error))
        except Exception:
            log.exception("a value is said in pieces")
        return None

    def now(self, wish: Wish) -> Sound:
        """Make a sound in this thread. Unusable: it cannot be made."""
        found = self.kept(wish)
        if found is None:
            frames = self._library.keep(wish.hash, wish.make(), shares=False)
            self._write_note(wish)
            found = Sound(wish.hash, frames, wish.words)
        return found

    def _start(self, wish: Wish) -> Future[Sound | None] | None:
        with self._lock:
            making = self._making.get(wish.hash)
            if making is None and len(self._making) < AT_ONCE:
                making = self._making[wish.hash] = Future()
                run = copy_context().run  # for the call's id in the logs
                work = (self._make, wish, making)
                try:
                    threading.Thread(target=run, args=work, name="whole", daemon=True).start()
                except RuntimeError as error:  # the system cannot start a thread
                    del self._making[wish.hash]
                    log.warning("a value is said in pieces", reason=str(error))
                    return None
            return making

    def _make(self, wish: Wish, future: Future[Sound | None]) -> None:
        sound = self.made(wish)
        with self._lock:
            del self._making[wish.hash]
        future.set_result(sound)

    def _note(self, hash: str) -> Path:
        return notes_folder(self._library) / hash

    def _write_note(self, wish: Wish) -> None:
        """Write the words of a sound. A failure only affects listening phones."""
        note = self._note(wish.hash)
        with suppress(OSError):
            note.parent.mkdir(parents=True, exist_ok=True)
            descriptor, fresh = tempfile.mkstemp(prefix=".", dir=note.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{wish.language}\n{wish.words}\n")
            os.replace(fresh, note)
        self._made += 1
        if self._made % SWEEP_EVERY == 1:
            self.sweep()

    def sweep(self) -> None:
        """Remove the least recently used sounds, if there are too many."""
        ages: list[tuple[float, str]] = []
        with suppress(OSError), os.scandir(notes_folder(self._library)) as notes:
            for note in notes:
                with suppress(OSError):
                    ages.append((note.stat().st_mtime, note.name))
        ages.sort(reverse=True)
        for used, hash in ages[self._most :]:
            if used < time.time() - self._in_use:
                self._library.remove(hash)
                with suppress(OSError):
                    self._note(hash).unlink()


def notes_folder(library: Library) -> Path:
    """Return the folder of the notes that state the words of whole values."""
    return library.folder / "values"


def notes(library: Library, known: set[str]) -> Iterator[tuple[Language, Sound]]:
    """Yield the sounds of whole values that are not in ``known``."""
    try:
        names = set(os.listdir(notes_folder(library))) - known
    except OSError:
        return
    for name in sorted(name for name in names if not name.startswith(".")):
        try:
            language, words = (notes_folder(library) / name).read_text("utf-8").splitlines()
            frames = library.frames(name)
        except (OSError, ValueError):
            continue
        if frames is not None and language in set(Language):
            yield Language(language), Sound(name, frames, words)

"""Sounds of whole values, made beside the calls when a value is known, and kept while it is used.

A caller never waits for one audibly: what is not made in time is said in another way, and is there
the next time. Next to the sounds lie notes of what they say, for a phone that listens; the notes
tell as well which sounds nobody has used for long.
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
"""Seconds that a caller may wait for the values of an answer and not notice it."""
UNHURRIED = 30.0
"""The same where nobody is on the line."""
READING = 2 / 3
"""Of that time: so long a value is read at most. In the rest its pieces are joined, some 10 ms."""
AT_ONCE = 8
"""Values that are read, or wait for a reader, at most: who wants more has no time."""
MOST_KEPT = 2_000
"""Sounds, of some 50 kB each; those used last are kept."""
IN_USE = 900.0
"""Seconds after its last use in which a call may still play a sound: it is not removed."""
SWEEP_EVERY = 100
"""Sounds that are made between two looks at how many there are."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A sound that is wanted soon."""

    hash: str
    language: Language
    words: str
    make: Callable[[], Encoded]


class Wholes:
    """One for a release. May be used from any thread; several processes share the library."""

    def __init__(self, library: Library, most: int = MOST_KEPT, in_use: float = IN_USE) -> None:
        self._library, self._most, self._in_use = library, most, in_use
        self._making: dict[str, Future[Sound | None]] = {}
        self._made = 0
        self._lock = threading.Lock()

    def kept(self, wish: Wish) -> Sound | None:
        """What was made before; it is in use now."""
        frames = self._library.frames(wish.hash)
        if frames is None:
            return None
        with suppress(OSError):
            os.utime(self._note(wish.hash))
        return Sound(wish.hash, frames, wish.words)

    def soon(self, wishes: Sequence[Wish], seconds: float) -> list[Sound | None]:
        """The sounds that are there within a time; the others are made all the same."""
        futures = [self._start(wish) for wish in wishes]
        wait([future for future in futures if future is not None], seconds)
        return [future.result() if future and future.done() else None for future in futures]

    def made(self, wish: Wish) -> Sound | None:
        """A sound that is made in no time, here; None: it cannot be made."""
        try:
            return self.now(wish)
        except IvrError as error:
            log.warning("a value is not said in one breath", reason=str(error))
        except Exception:
            log.exception("a value is not said in one breath")
        return None

    def now(self, wish: Wish) -> Sound:
        """The same. Unusable: it cannot be made."""
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
                run = copy_context().run  # the call's id in the logs
                work = (self._make, wish, making)
                try:
                    threading.Thread(target=run, args=work, name="whole", daemon=True).start()
                except RuntimeError as error:  # the system has no thread to give
                    del self._making[wish.hash]
                    log.warning("a value is not said in one breath", reason=str(error))
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
        """Tell what a sound says. Where that cannot be written, only listening phones miss it."""
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
        """Remove what has not been used for longest, if there is too much."""
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
    """Where it is noted what the sounds of whole values say."""
    return library.folder / "values"


def notes(library: Library, known: set[str]) -> Iterator[tuple[Language, Sound]]:
    """The sounds of whole values besides those that are known."""
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

"""Whether the database's server is there: known to all threads as soon as one has met it.

Closed: transactions pass. Open: all fail at once, those that wait too, and one thread asks by a
connection of its own until the server is back. What may have another cause (a slow statement, one
lost connection, too few connections) does not open it; the thread then asks, and only what it finds
counts. So a busy database is not taken for one that is gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from ivr.errors import TemporarilyUnavailable

log = structlog.get_logger()

PAUSE = 0.2
"""Seconds between two questions; with reach.WITHIN, less than a second."""
Probe = Callable[[], str]
"""Asks the server; answers why it is not there, "" if it is."""


def is_full(reason: str) -> bool:
    """PostgreSQL is there, and has no connection left for us (53300)."""
    return "too many c" in reason or "connection slots" in reason


class Circuit:
    """One for each database of a process."""

    def __init__(self, probe: Probe = lambda: "", *released: Callable[[], None]) -> None:
        """``released`` are called when it opens: they let go who waits."""
        self._probe = probe
        self.released = [*released]
        self._changed = threading.Condition()
        self._reason = ""
        self._since = 0.0
        self._is_asked = self._is_closing = self._is_told = False
        self._thread: threading.Thread | None = None
        self.openings = 0
        """How many times it was opened: connections made before the last are stale."""

    @property
    def is_open(self) -> bool:
        return bool(self._reason)

    def check(self) -> None:
        """TemporarilyUnavailable, at once, while it is open."""
        if self._reason:
            raise TemporarilyUnavailable("database", self._reason)

    def open(self, reason: str) -> None:
        """The server is not there, for certain."""
        with self._changed:
            fresh = not self._reason
            if fresh:
                self._reason, self._since = reason, time.monotonic()
                self.openings += 1
            self._ask()
        if fresh:
            for release in self.released:
                release()

    def suspect(self) -> None:
        """The server may not be there: ask, and open if so."""
        with self._changed:
            self._ask()

    def close(self) -> None:
        """End the asking. It begins anew when there is reason for it."""
        with self._changed:
            self._is_closing, thread = True, self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join()
        with self._changed:
            self._is_closing, self._reason = False, ""

    def _ask(self) -> None:
        self._is_asked = True
        if self._thread is None and not self._is_closing:
            self._thread = threading.Thread(target=self._run, name="database", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._is_wanted():
            found = self._probe()
            if not found or is_full(found):
                self._back()
            elif self.is_open:
                self._tell(found)
            else:
                self.open(found)
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, PAUSE)

    def _is_wanted(self) -> bool:
        """Whether to ask once more; the thread ends where not."""
        with self._changed:
            wanted = (self._is_asked or self.is_open) and not self._is_closing
            self._is_asked = False
            if not wanted:
                self._thread = None
            return wanted

    def _tell(self, reason: str) -> None:
        """Log it, once, if it lasts: a command of people ends before, and has said so itself."""
        lasted = time.monotonic() - self._since
        if not self._is_told and lasted >= PAUSE:
            log.error("the database is away", reason=reason)
            self._is_told = True

    def _back(self) -> None:
        with self._changed:
            self._reason = ""
        if self._is_told:
            log.warning("the database is back", seconds=round(time.monotonic() - self._since, 1))
            self._is_told = False


class Gate:
    """As many at once as there are connections; nobody waits in front of an open circuit."""

    def __init__(self, places: int, circuit: Circuit) -> None:
        self.places = places
        self.inside = 0
        self._circuit = circuit
        self._moved = threading.Condition()
        circuit.released.append(self._wake)

    @contextmanager
    def passing(self, seconds: float, slow: float) -> Iterator[None]:
        """TemporarilyUnavailable: there was no room within ``seconds``, or the circuit opened.

        After ``slow`` seconds it is asked whether the server is there.
        """
        self._enter(seconds, slow)
        try:
            yield
        finally:
            with self._moved:
                self.inside -= 1
                self._moved.notify()

    def _enter(self, seconds: float, slow: float) -> None:
        with self._moved:
            self._circuit.check()
            if not self._moved.wait_for(self._may, slow):
                self._circuit.suspect()
                if not self._moved.wait_for(self._may, seconds - slow):
                    raise TemporarilyUnavailable("database", "all its connections are in use")
            self._circuit.check()
            self.inside += 1

    def _may(self) -> bool:
        return self.inside < self.places or self._circuit.is_open

    def _wake(self) -> None:
        with self._moved:
            self._moved.notify_all()

"""Threads that do one piece of work after another.

To start a thread costs as much as a menu: a stack, and two turns of the interpreter until it runs.
Who has done a piece of work waits a while for the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

IDLE_SECONDS = 30.0
"""After so long without work a thread ends."""

Work = Callable[[], None]


class Crew:
    """As many threads as there is work at once, and those that have just done some."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        self._idle = 0
        self._closed = False
        self._lock = threading.Lock()

    def start(self, work: Work) -> None:
        """Have it done at once; RuntimeError: the system gives no further thread."""
        with self._lock:
            if self._idle:
                self._idle -= 1
                self._waiting.put(work)
                return
        threading.Thread(target=self._run, args=(work,), name="work").start()

    def close(self) -> None:
        """Let go all who have no work, and the others when theirs is done."""
        with self._lock:
            self._closed = True
            for _ in range(self._idle):
                self._waiting.put(None)
            self._idle = 0

    def _run(self, work: Work | None) -> None:
        while work is not None:
            work()
            del work  # what it held is free now
            work = self._next()

    def _next(self) -> Work | None:
        with self._lock:
            if self._closed:
                return None
            self._idle += 1
        try:
            return self._waiting.get(timeout=IDLE_SECONDS)
        except Empty:
            return self._last()

    def _last(self) -> Work | None:
        """What came in the last moment, if anything."""
        with self._lock:
            try:
                return self._waiting.get_nowait()
            except Empty:
                self._idle -= 1
                return None

"""A last deadline for a server that has stopped in the middle of an answer.

The server's own deadlines end a slow statement, and TCP's a lost host; a server that is stopped but
still holds its connection would be waited for without end. Its socket is then shut down from here,
which the waiting driver meets as a lost connection.

A descriptor is watched by a copy of its own: the driver may close a broken connection at any time,
and its number may then be that of a caller's connection.
"""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

SLOW = 0.5
"""Seconds after which it is asked whether the server is there at all."""


@dataclass
class Watch:
    """One thread that shuts down the sockets of transactions which are over their time."""

    slow: Callable[[], None] = lambda: None
    """Told, once for each, that a transaction takes longer than most."""
    _due: list[tuple[float, int, float]] = field(default_factory=list)
    """When to look at a transaction, its id, and when it is over its time."""
    _open: dict[int, int] = field(default_factory=dict)
    _alone: set[int] = field(default_factory=set)
    _ids: Iterator[int] = field(default_factory=itertools.count)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    @contextmanager
    def over(self, connection: Any, seconds: float) -> Iterator[None]:
        """Bound what happens on a driver's connection by ``seconds``. SQLite bounds itself."""
        if isinstance(connection, sqlite3.Connection):
            yield
            return
        id = self._begin(connection.fileno(), seconds)
        try:
            yield
        finally:
            self._end(id)

    @contextmanager
    def alone(self, connection: Any, seconds: float) -> Iterator[None]:
        """As over, for a statement that is known to be slow: it is not told of, and not released.

        What others find out about a server that is busy with it does not end it.
        """
        if isinstance(connection, sqlite3.Connection):
            yield
            return
        id = self._begin(connection.fileno(), seconds, is_alone=True)
        try:
            yield
        finally:
            self._end(id)

    def release(self) -> None:
        """Shut down what is watched now, but for who is alone: nobody waits any longer."""
        with self._changed:
            for id, descriptor in self._open.items():
                if id not in self._alone:
                    _shut_down(descriptor)

    def _begin(self, descriptor: int, seconds: float, *, is_alone: bool = False) -> int:
        copy = os.dup(descriptor)
        now = time.monotonic()
        last = now + seconds
        with self._changed:
            id = next(self._ids)
            self._open[id] = copy
            if is_alone:
                self._alone.add(id)
            heapq.heappush(self._due, (last if is_alone else min(now + SLOW, last), id, last))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
            elif self._due[0][1] == id:
                self._changed.notify()
            return id

    def _end(self, id: int) -> None:
        with self._changed:
            os.close(self._open.pop(id))
            self._alone.discard(id)

    def _run(self) -> None:
        while True:
            with self._changed:
                slow = self._look()
                if not slow:
                    rest = self._due[0][0] - time.monotonic() if self._due else None
                    self._changed.wait(rest)
            if slow:
                self.slow()

    def _look(self) -> bool:
        """Shut down what is over its time; whether anything else is slow."""
        now, slow = time.monotonic(), False
        while self._due and (self._due[0][1] not in self._open or self._due[0][0] <= now):
            due, id, last = heapq.heappop(self._due)
            if id not in self._open:
                continue
            if due < last:
                slow = True
                heapq.heappush(self._due, (last, id, last))
            else:
                _shut_down(self._open[id])
        return slow


def _shut_down(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as copy:
        copy.shutdown(socket.SHUT_RDWR)

"""A last deadline for a server that has stopped in the middle of an answer.

The server's own deadlines end a slow statement, and TCP's a lost host; a server that is stopped but
still holds its connection would be waited for without end. Its socket is then shut down from here,
which the waiting driver meets as a lost connection.
"""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg


@dataclass
class Watch:
    """One thread that shuts down the sockets of transactions which are over their time."""

    _due: list[tuple[float, int]] = field(default_factory=list)
    _open: dict[int, int] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=itertools.count)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def begin(self, descriptor: int, seconds: float) -> int:
        with self._changed:
            id = next(self._ids)
            self._open[id] = descriptor
            heapq.heappush(self._due, (time.monotonic() + seconds, id))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
            elif self._due[0][1] == id:
                self._changed.notify()
            return id

    def end(self, id: int) -> None:
        with self._changed:
            self._open.pop(id, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                while self._due and (self._due[0][1] not in self._open or self._late()):
                    _, id = heapq.heappop(self._due)
                    descriptor = self._open.pop(id, None)
                    if descriptor is not None:
                        _shut_down(descriptor)
                rest = self._due[0][0] - time.monotonic() if self._due else None
                self._changed.wait(rest)

    def _late(self) -> bool:
        return self._due[0][0] <= time.monotonic()


_watch = Watch()


@contextmanager
def watched(connection: object, seconds: float) -> Iterator[None]:
    """Bound what happens on a driver's connection by ``seconds``. SQLite bounds itself."""
    if not isinstance(connection, psycopg.Connection):
        yield
        return
    id = _watch.begin(connection.fileno(), seconds)
    try:
        yield
    finally:
        _watch.end(id)


def _shut_down(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as copy:
        copy.shutdown(socket.SHUT_RDWR)

"""Tells one of several processes that a call has come to the socket that they share: in turn.

A thread of its own waits. The system wakes one process alone, and the next one at the next call,
only where each waits in epoll_wait(2) itself: an epoll that is watched by another one, that of
gevent for example, wakes every process at every call (``ep_poll_callback`` in fs/eventpoll.c of
Linux), and then the fastest one takes them all.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable

_IN_TURN = select.EPOLLIN | select.EPOLLEXCLUSIVE
"""A call wakes the first in the system's row only (epoll_ctl(2))."""


class Incoming:
    """Waits for calls beside other processes, from ``start`` to ``stop``."""

    def __init__(self, listener: socket.socket, tell: Callable[[], None]) -> None:
        """``tell`` is called when a call has come, and not again before ``go_on``.

        Who has not gone on is not woken: then a call wakes the next process.
        """
        self._listener, self._tell = listener, tell
        self._row = select.epoll()
        self._end = os.eventfd(0)
        self._row.register(self._end, select.EPOLLIN)
        self._going_on = threading.Semaphore(0)
        self._is_over = False
        self._thread = threading.Thread(target=self._wait, name="incoming")

    def start(self) -> None:
        self._row.register(self._listener, _IN_TURN)
        self._thread.start()

    def go_on(self) -> None:
        """Wait for the next call."""
        self._going_on.release()

    def to_the_end_of_the_row(self) -> None:
        """Let the others be woken first."""
        self.leave()
        self._row.register(self._listener, _IN_TURN)

    def leave(self) -> None:
        """Be woken by no call any more."""
        self._row.unregister(self._listener)

    def stop(self) -> None:
        """End the thread."""
        self._is_over = True
        os.eventfd_write(self._end, 1)
        self.go_on()
        self._thread.join()

    def dispose(self) -> None:
        """Give the files back: after ``stop``, or without ``start``."""
        self._row.close()
        os.close(self._end)

    def _wait(self) -> None:
        while True:
            self._row.poll()
            if self._is_over:
                return
            self._tell()
            self._going_on.acquire()

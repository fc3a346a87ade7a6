"""Wakes, in turn, one of several processes when a call arrives at their shared socket.

A separate thread waits. The kernel wakes only one process, and the next one at the next call, if
each process waits in epoll_wait(2) itself. An epoll that is watched by another one, for example
gevent's, wakes every process at every call (``ep_poll_callback`` in fs/eventpoll.c of Linux); then
the fastest process takes all calls.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable

_IN_TURN = select.EPOLLIN | select.EPOLLEXCLUSIVE
"""A call wakes only the first process in the kernel's queue (epoll_ctl(2))."""


class Incoming:
    """Waits for calls beside other processes, from ``start`` to ``stop``."""

    def __init__(self, listener: socket.socket, tell: Callable[[], None]) -> None:
        """``tell`` is called when a call has come, and not again before ``go_on``.

        Until then this process does not wait: a call wakes the next process.
        """
        self._listener, self._tell = listener, tell
        self._epoll = select.epoll()
        self._end = os.eventfd(0)
        self._epoll.register(self._end, select.EPOLLIN)
        self._going_on = threading.Semaphore(0)
        self._is_over = False
        self._thread = threading.Thread(target=self._wait, name="incoming")

    def start(self) -> None:
        self._epoll.register(self._listener, _IN_TURN)
        self._thread.start()

    def go_on(self) -> None:
        """Wait for the next call."""
        self._going_on.release()

    def to_the_end_of_the_row(self) -> None:
        """Move this process to the end of the kernel's queue."""
        self.leave()
        self._epoll.register(self._listener, _IN_TURN)

    def leave(self) -> None:
        """Stop being woken by calls."""
        self._epoll.unregister(self._listener)

    def stop(self) -> None:
        """End the thread."""
        self._is_over = True
        os.eventfd_write(self._end, 1)
        self.go_on()
        self._thread.join()

    def dispose(self) -> None:
        """Close file descriptors: after ``stop``, or without ``start``."""
        self._epoll.close()
        os.close(self._end)

    def _wait(self) -> None:
        while True:
            self._epoll.poll()
            if self._is_over:
                return
            self._tell()
            self._going_on.acquire()

"""Where calls come in: one of perhaps several servers that wait at the same socket."""

from __future__ import annotations

import os
import select
import socket
import time

import structlog

log = structlog.get_logger()

PAUSE_SECONDS = 0.1
"""After the system has refused a connection, for want of files for example."""
IN_TURN = select.EPOLLIN | select.EPOLLEXCLUSIVE
"""A call wakes the first in the kernel's row only (epoll_ctl(2))."""


class Door:
    """Used by one thread, but for ``wake`` and ``close``."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._woken = os.eventfd(0)
        self._poll = select.epoll()
        self._poll.register(self._woken, select.EPOLLIN)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listener.getsockname()
        return host, port

    def open(self) -> None:
        """From now on calls may come."""
        self._poll.register(self._listener, IN_TURN)

    def next_call(self, seconds: float) -> socket.socket | None:
        """A call that came within so many seconds. Who takes one goes to the end of the row."""
        self._poll.poll(seconds)
        try:
            # Tried after every wait: a call that woke a server that is stopped wakes no other.
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return None  # another server was faster, or the peer
        except OSError as error:
            log.error("no call can be accepted", reason=str(error))
            time.sleep(PAUSE_SECONDS)
            return None
        self._poll.unregister(self._listener)
        self._poll.register(self._listener, IN_TURN)
        return connection

    def wake(self) -> None:
        """Let ``next_call`` answer at once."""
        os.eventfd_write(self._woken, 1)

    def close(self) -> None:
        """No more calls here. The socket is not shut down: others may wait at it too."""
        self._poll.close()
        os.close(self._woken)
        self._listener.close()

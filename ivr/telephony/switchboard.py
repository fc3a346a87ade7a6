"""The switchboard: one thread holds all calls, each a greenlet that stands back while it waits.

A dialogue is written as if it waited for its caller. Where it waits for Asterisk, gevent goes on with
whichever call has something to read. Nothing is patched: what may take long (database, network,
hashes) is offloaded (``ivr.telephony.offload``), and whatever else waits holds up all calls.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from gevent import Greenlet, get_hub, getcurrent, sleep
from gevent.event import Event
from gevent.lock import Semaphore
from gevent.socket import wait

from ivr.system.threads import ContextExecutor

log = structlog.get_logger()

TICK_SECONDS = 0.25
"""How often the board says that it is alive, at least."""
READ = 1
"""Of a gevent watcher."""
_IN_TURN = select.EPOLLIN | select.EPOLLEXCLUSIVE
"""A call wakes the first in the kernel's row only (epoll_ctl(2))."""
PAUSE_SECONDS = 0.1
"""After the system has refused a connection, for want of files for example."""
STOP_SECONDS = 10.0
"""How long a board that hangs is waited for."""


class Seat(Greenlet):
    """One call at the board."""

    def __init__(self, board: Switchboard, run: Callable[[], None]) -> None:
        super().__init__(run)
        self.board = board
        self.listen: Callable[[float], bool] | None = None
        """Keeps the caller's keys for so many seconds; False: not just now, at once."""


class Switchboard:
    """Runs in one thread; ``post`` and what says so may be called from others."""

    def __init__(
        self,
        listener: socket.socket,
        take: Callable[[socket.socket], None],
        tick: Callable[[], None],
    ) -> None:
        """``take`` is given each connection, ``tick`` is called four times a second."""
        self._listener, self._take, self._tick = listener, take, tick
        self._row = select.epoll()
        self._wires: dict[int, Wire] = {}
        self.executor = ContextExecutor("work")
        self.opened = threading.Event()
        """Calls are taken, or were."""
        self._is_open = self._is_closed = False
        self._no_call_before = 0.0
        self._loop: Any = None
        self._early: list[Callable[[], None]] = []

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.getsockname()
        return host, port

    def run(self) -> None:
        """Take calls and hold them, until ``close``."""
        hub = get_hub()
        self._closed = Event()
        self._row.register(self._listener, _IN_TURN)
        self._is_open = True
        self._loop = hub.loop
        coming = hub.loop.io(self._row.fileno(), READ)
        coming.start(self._accept)
        ticking = hub.loop.timer(TICK_SECONDS, TICK_SECONDS)
        ticking.start(self._look)
        self.opened.set()
        if not self._is_closed:
            self._closed.wait()
        self._loop = None
        for watcher in (coming, ticking):
            watcher.stop()
            watcher.close()
        hub.destroy(destroy_loop=True)

    def post(self, work: Callable[[], None]) -> None:
        """Have something done by the board's thread. From any thread."""
        if (loop := self._loop) is not None and not self._is_closed:
            loop.run_callback_threadsafe(work)

    def stop_taking(self) -> None:
        stopped = threading.Event()

        def stop() -> None:
            self._is_open = False
            self._row.unregister(self._listener)
            stopped.set()

        if self.opened.is_set():
            self.post(stop)
            stopped.wait(STOP_SECONDS)
        self._listener.close()

    def close(self) -> None:
        """End ``run``, and let the threads go. From any thread, once."""
        self.executor.shutdown(wait=False)
        loop, self._is_closed = self._loop, True
        if loop is not None:
            loop.run_callback_threadsafe(self._closed.set)

    def dispose(self) -> None:
        """Give the files back, after ``run`` has ended."""
        self._row.close()

    def seat(self, run: Callable[[], None]) -> None:
        """Begin a call, as far as it goes without waiting. By the board's thread."""
        Seat(self, run).start()

    def wire(self, connection: socket.socket) -> Wire:
        """Watch a connection of a call."""
        wire = self._wires[connection.fileno()] = Wire(connection)
        wire.watcher = self._loop.io(connection.fileno(), READ)
        return wire

    def forget(self, connection: socket.socket) -> None:
        """Watch a connection no more, before it is closed."""
        if (wire := self._wires.pop(connection.fileno(), None)) is not None:
            wire.watcher.stop()
            wire.watcher.close()

    def _look(self) -> None:
        self._tick()
        self._accept()

    def _accept(self) -> None:
        """A call, if one has come. Who takes one goes to the end of the row."""
        now = time.monotonic()
        if not self._is_open or now < self._no_call_before:
            return
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # another server was faster, or the peer
        except OSError as error:
            log.error("no call can be accepted", reason=str(error))
            self._no_call_before = now + PAUSE_SECONDS
            return
        self._row.unregister(self._listener)
        self._row.register(self._listener, _IN_TURN)
        self._take(connection)


class Wire:
    """A connection whose reader may stand back. Used by one call, and by the work it offloads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.watcher: Any = None

    def wait(self, seconds: float) -> bool:
        """Until there may be something to read; False: not within ``seconds``."""
        if not isinstance(getcurrent(), Seat):
            return _wait_alone(self._connection, seconds)
        try:
            wait(self.watcher, seconds, TimeoutError)
        except TimeoutError:
            return False
        return True

    def let_others(self) -> None:
        """Before this call goes on."""
        if isinstance(getcurrent(), Seat):
            sleep(0)


class Gate:
    """Lets so many calls through at a time, the others in their order."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._semaphore: Semaphore | None = None

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Used by the calls of one board."""
        if self._semaphore is None:  # of the board's thread
            self._semaphore = Semaphore(self._places)
        with self._semaphore:
            yield


def wire(connection: socket.socket) -> Wire:
    """How the call that runs here waits for a connection; without a board, by itself."""
    seat = getcurrent()
    return seat.board.wire(connection) if isinstance(seat, Seat) else Wire(connection)


def _wait_alone(connection: socket.socket, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(1000 * seconds))

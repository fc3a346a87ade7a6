"""The switchboard: one thread holds all calls, each a greenlet that stands back while it waits.

A dialogue is written as if it waited for its caller. Where it waits for Asterisk, the board goes on
with whichever call has something to read: no thread is woken for a command, none waits for the
interpreter, and a hundred callers who hear a menu cost what a list of a hundred costs. Work that
may take long (database, network, hashes) is offloaded (``ivr.telephony.offload``).

What belongs to a call runs in the board's thread unless it is offloaded, one call at a time: it
must never wait by itself.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any, cast

import structlog
from greenlet import getcurrent, greenlet

from ivr.telephony.crew import Crew

log = structlog.get_logger()

TICK_SECONDS = 0.25
"""How often the board says that it is alive, at least."""
_READ = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
_IN_TURN = select.EPOLLIN | select.EPOLLEXCLUSIVE
"""A call wakes the first in the kernel's row only (epoll_ctl(2))."""
PAUSE_SECONDS = 0.1
"""After the system has refused a connection, for want of files for example."""
STOP_SECONDS = 10.0
"""How long a board that hangs is waited for."""


class Seat(greenlet):
    """One call at the board."""

    def __init__(self, board: Switchboard, run: Callable[[], None]) -> None:
        super().__init__(run)
        self.board = board
        self.waits_for: object = None
        """What it stands back for; None while it runs."""
        self.waited = 0
        """How often it has stood back: a time-out of an earlier time is none."""
        self.listen: Callable[[float], bool] | None = None
        """Keeps the caller's keys for so many seconds; False: not just now, at once."""
        self.listened = time.monotonic()
        """When the dialogue itself last listened to its caller."""


class Switchboard:
    """Runs in one thread; ``post``, ``wake`` and what says so may be called from others."""

    def __init__(
        self,
        listener: socket.socket,
        take: Callable[[socket.socket], None],
        tick: Callable[[], None],
    ) -> None:
        """``take`` is given each connection, ``tick`` is called four times a second."""
        self._listener, self._take, self._tick = listener, take, tick
        self._woken = os.eventfd(0, os.EFD_NONBLOCK)
        self._poll = select.epoll()
        self._poll.register(self._woken, select.EPOLLIN)
        self._wires: dict[int, Wire] = {}
        self._timers: list[tuple[float, int, Seat, int]] = []
        self._numbers = count()
        self._posted: deque[Callable[[], None]] = deque()
        self._crew = Crew()
        self._hub: Any = None
        self.opened = threading.Event()
        """Calls are taken, or were."""
        self._is_open = self._is_closed = False
        self._no_call_before = 0.0

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.getsockname()
        return host, port

    def run(self) -> None:
        """Take calls and hold them, until ``close``."""
        self._hub = getcurrent()
        self._poll.register(self._listener, _IN_TURN)
        self._is_open = True
        self.opened.set()
        next_tick = 0.0
        while not self._is_closed:
            now = time.monotonic()
            if now >= next_tick:
                next_tick = now + TICK_SECONDS
                self._tick()
                # Tried without being woken too: a call that woke a server that is stopped wakes
                # no other.
                self._accept(now)
            until = min(next_tick, self._timers[0][0]) if self._timers else next_tick
            for file, _ in self._poll.poll(0 if self._posted else max(0.0, until - now)):
                if (wire := self._wires.get(file)) is not None:
                    wire.readable()
                elif file == self._woken:
                    os.eventfd_read(self._woken)
                else:
                    self._accept(now)
            for _ in range(len(self._posted)):
                self._posted.popleft()()
            self._time_out()

    def post(self, work: Callable[[], None]) -> None:
        """Have something done by the board's thread. From any thread."""
        if self._is_closed:
            return
        self._posted.append(work)
        os.eventfd_write(self._woken, 1)

    def stop_taking(self) -> None:
        """No more calls here; those at the board go on. From any thread, once.

        The socket is not shut down: others may wait at it too.
        """
        stopped = threading.Event()

        def stop() -> None:
            self._is_open = False
            self._poll.unregister(self._listener)
            stopped.set()

        if self.opened.is_set():
            self.post(stop)
            stopped.wait(STOP_SECONDS)
        self._listener.close()

    def close(self) -> None:
        """End ``run``, and let the threads go. From any thread, once."""
        self._crew.close()
        self._is_closed = True
        os.eventfd_write(self._woken, 1)

    def dispose(self) -> None:
        """Give the files back, after ``run`` has ended."""
        self._poll.close()
        os.close(self._woken)

    def seat(self, run: Callable[[], None]) -> None:
        """Begin a call, as far as it goes without waiting. By the board's thread."""
        Seat(self, run).switch()

    def wire(self, connection: socket.socket) -> Wire:
        """Watch a connection of a call."""
        file = connection.fileno()
        wire = self._wires[file] = Wire(connection)
        self._poll.register(file, _READ)
        return wire

    def forget(self, connection: socket.socket) -> None:
        """Watch a connection no more, before it is closed."""
        if self._wires.pop(file := connection.fileno(), None) is not None:
            self._poll.unregister(file)

    def stand_back(self, seat: Seat, thing: object, seconds: float | None = None) -> bool:
        """Let others go on until ``go_on(seat, thing)``; False: the time is over."""
        seat.waits_for = thing
        seat.waited += 1
        if seconds is not None:
            at = time.monotonic() + seconds
            heappush(self._timers, (at, next(self._numbers), seat, seat.waited))
        try:
            return cast(bool, self._hub.switch())
        finally:
            seat.waits_for = None

    def go_on(self, seat: Seat, thing: object) -> None:
        """Let a call go on that stands back for this. By the board's thread, in no call."""
        if seat.waits_for is thing:
            seat.switch(True)

    def hire(self, work: Callable[[], None]) -> None:
        """Have work done by a thread. RuntimeError: the system gives no further one."""
        self._crew.start(work)

    def _time_out(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            _, _, seat, waited = heappop(self._timers)
            if seat.waits_for is not None and seat.waited == waited:
                seat.switch(False)

    def _accept(self, now: float) -> None:
        """A call, if one has come. Who takes one goes to the end of the row."""
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
        self._poll.unregister(self._listener)
        self._poll.register(self._listener, _IN_TURN)
        self._take(connection)


class Wire:
    """A connection whose reader may stand back. Used by one call, and by the work it offloads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._seat: Seat | None = None
        self._is_readable = False

    def readable(self) -> None:
        """Something has come. By the board."""
        self._is_readable = True
        if self._seat is not None:
            self._seat.board.go_on(self._seat, self)

    def wait(self, seconds: float) -> bool:
        """Until there may be something to read; False: not within ``seconds``."""
        seat = getcurrent()
        if not isinstance(seat, Seat):
            return _wait_alone(self._connection, seconds)
        if not self._is_readable:
            self._seat = seat
            if not seat.board.stand_back(seat, self, seconds):
                return False
        self._is_readable = False
        return True

    def let_others(self) -> None:
        """Before this call goes on."""
        seat = getcurrent()
        if isinstance(seat, Seat):
            seat.board.post(partial(seat.board.go_on, seat, self))
            seat.board.stand_back(seat, self)


class Gate:
    """Lets so many calls through at a time, the others in their order."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._row: deque[Seat] = deque()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Used by the calls of one board."""
        seat = getcurrent()
        assert isinstance(seat, Seat)
        if self._places:
            self._places -= 1
        else:
            self._row.append(seat)
            seat.board.stand_back(seat, self)
        try:
            yield
        finally:
            if self._row:
                seat.board.post(partial(seat.board.go_on, self._row.popleft(), self))
            else:
                self._places += 1


def wire(connection: socket.socket) -> Wire:
    """How the call that runs here waits for a connection; without a board, by itself."""
    seat = getcurrent()
    return seat.board.wire(connection) if isinstance(seat, Seat) else Wire(connection)


def _wait_alone(connection: socket.socket, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(1000 * seconds))

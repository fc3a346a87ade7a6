"""The switchboard: one thread holds all calls, each a greenlet of gevent.

A dialogue is written as if it waited for its caller. Where it waits for Asterisk, gevent goes on
with whichever call has something to read: no thread is woken for a command, and a hundred callers
who hear a menu cost what a list of a hundred costs. Nothing is patched: what may take long
(database, network, hashes) is offloaded (``ivr.telephony.offload``).

What belongs to a call runs in the board's thread unless it is offloaded, one call at a time: it
must never wait by itself.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from gevent import Greenlet, get_hub, getcurrent, sleep
from gevent.event import Event
from gevent.hub import Hub
from gevent.socket import wait

from ivr.system.threads import ContextExecutor
from ivr.telephony.incoming import Incoming

log = structlog.get_logger()

TICK_SECONDS = 0.25
"""How often the board says that it is alive, at least."""
_READ = 1
"""An event that a watcher of gevent waits for."""
PAUSE_SECONDS = 0.1
"""After the system has refused a connection, for want of files for example."""
STOP_SECONDS = 10.0
"""How long a board that hangs is waited for."""


class CallGreenlet(Greenlet):  # type: ignore[type-arg]  # generic in its stubs only
    """One call at the board."""

    def __init__(self, board: CallLoop, run: Callable[[], None]) -> None:
        super().__init__(run)
        self.board = board
        self.listen: Callable[[float], bool] | None = None
        """Keeps the caller's keys for so many seconds; False: not just now, at once."""
        self.listened = time.monotonic()
        """When the dialogue itself last listened to its caller."""


class CallLoop:
    """Runs in one thread; ``post`` and what says so may be called from others."""

    def __init__(
        self,
        listener: socket.socket,
        take: Callable[[socket.socket], None],
        tick: Callable[[], None],
    ) -> None:
        """``take`` is given each connection, ``tick`` is called four times a second."""
        self._listener, self._take, self._tick = listener, take, tick
        self._incoming = Incoming(listener, lambda: self.post(self._come))
        self._wires: dict[int, CallSocket] = {}
        self._hub: Hub | None = None
        self._ended: Event | None = None
        self.executor = ContextExecutor("work")
        """Does the work of calls that may take long."""
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
        hub, ended = get_hub(), Event()
        self._hub, self._ended = hub, ended
        hub.print_exception = _log_fault  # type: ignore[method-assign,assignment]
        self._is_open = True
        self._incoming.start()
        ticking = hub.loop.timer(0, TICK_SECONDS)
        ticking.start(self._look)
        self.opened.set()
        while not self._is_closed:
            ended.wait()
        self._incoming.stop()
        self._hub = None
        ticking.stop()
        ticking.close()
        hub.destroy(destroy_loop=True)

    def post(self, work: Callable[[], object]) -> None:
        """Have something done by the board's thread. From any thread."""
        hub = self._hub
        if hub is not None and not self._is_closed:
            hub.loop.run_callback_threadsafe(work)

    def stop_taking(self) -> None:
        """No more calls here; those at the board go on. From any thread, once.

        The socket is not shut down: others may wait at it too.
        """
        stopped = threading.Event()

        def stop() -> None:
            self._is_open = False
            self._incoming.leave()
            stopped.set()

        if self.opened.is_set():
            self.post(stop)
            stopped.wait(STOP_SECONDS)
        self._listener.close()

    def close(self) -> None:
        """End ``run``, and let the threads go. From any thread, once."""
        self.executor.shutdown(wait=False)
        hub, self._is_closed = self._hub, True
        if hub is not None and self._ended is not None:
            hub.loop.run_callback_threadsafe(self._ended.set)

    def dispose(self) -> None:
        """Give the files back, after ``run`` has ended."""
        self._incoming.dispose()

    def seat(self, run: Callable[[], None]) -> None:
        """Begin a call soon. By the board's thread."""
        CallGreenlet(self, run).start()

    def wire(self, connection: socket.socket) -> CallSocket:
        """Watch a connection of a call. By the board's thread."""
        assert self._hub is not None
        watcher = self._hub.loop.io(connection.fileno(), _READ)
        wire = self._wires[connection.fileno()] = CallSocket(connection, watcher)
        return wire

    def forget(self, connection: socket.socket) -> None:
        """Watch a connection no more, before it is closed."""
        if (wire := self._wires.pop(connection.fileno(), None)) is not None:
            wire.close()

    def _come(self) -> None:
        """Take the call that has woken this process."""
        try:
            self._accept()
        finally:
            self._incoming.go_on()

    def _look(self) -> None:
        """Say that the board is alive, and look for a call without being woken, too: a call that
        woke a server that is stopped wakes no other."""
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
        self._incoming.to_the_end_of_the_row()
        self._take(connection)


class CallSocket:
    """A connection whose reader may stand back. Used by one call, and by the work it offloads."""

    def __init__(self, connection: socket.socket, watcher: Any = None) -> None:
        """``watcher`` is gevent's; None: there is no board, and a reader waits by itself."""
        self._connection, self._watcher = connection, watcher

    def wait(self, seconds: float) -> bool:
        """Until there may be something to read; False: not within ``seconds``."""
        if self._watcher is None or not isinstance(getcurrent(), CallGreenlet):
            return _wait_alone(self._connection, seconds)
        try:
            wait(self._watcher, seconds, TimeoutError)
        except TimeoutError:
            return False
        return True

    def let_others(self) -> None:
        """Before this call goes on."""
        if isinstance(getcurrent(), CallGreenlet):
            sleep(0)

    def close(self) -> None:
        """Watch no more."""
        self._watcher.close()


def _log_fault(_context: object, *fault: Any) -> None:
    """A fault outside of any dialogue: the loop goes on."""
    log.error("a fault in the call loop", exc_info=fault)


def wire(connection: socket.socket) -> CallSocket:
    """How the call that runs here waits for a connection; without a board, by itself."""
    seat = getcurrent()
    return seat.board.wire(connection) if isinstance(seat, CallGreenlet) else CallSocket(connection)


def _wait_alone(connection: socket.socket, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(1000 * seconds))

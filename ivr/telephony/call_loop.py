"""The call loop: one thread runs all calls, each as a gevent greenlet.

A dialogue is written as blocking code. While it waits for Asterisk, gevent switches to a call that
has something to read. So no thread is woken for a command, and waiting callers cost only memory.
Nothing is monkey-patched: work that may take long (database, network, hashes) is offloaded
(``ivr.telephony.offload``).

All code of a call that is not offloaded runs in the call loop's thread, one call at a time. It must
never block.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
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
"""Longest interval between two heartbeats of the call loop."""
_READ = 1
"""Event type for a gevent watcher: the connection is readable."""
PAUSE_SECONDS = 0.1
"""Pause after accept(2) failed, for example for lack of file descriptors."""
STOP_SECONDS = 10.0
"""How long ``stop_taking`` waits for a call loop that hangs."""


class CallGreenlet(Greenlet):  # type: ignore[type-arg]  # generic in its stubs only
    """One call of a call loop."""

    def __init__(self, call_loop: CallLoop, run: Callable[[], None]) -> None:
        super().__init__(run)
        self.call_loop = call_loop
        self.listen: Callable[[float], bool] | None = None
        """Collects the caller's keys for that many seconds; False, at once: it cannot now."""
        self.listened = time.monotonic()
        """When a command of the dialogue last collected keys."""


class CallLoop:
    """Runs calls in one thread. Other threads may call ``post`` and the methods that say so."""

    def __init__(
        self,
        listener: socket.socket,
        take: Callable[[socket.socket], None],
        tick: Callable[[], None],
    ) -> None:
        """``take`` is called with each new connection, ``tick`` four times a second."""
        self._listener, self._take, self._tick = listener, take, tick
        self._incoming = Incoming(listener, lambda: self.post(self._come))
        self._wires: dict[int, CallSocket] = {}
        self._hub: Hub | None = None
        self._ended: Event | None = None
        self.executor = ContextExecutor("work")
        """Runs offloaded work of calls."""
        self.opened: Future[None] = Future()
        """Done once the loop takes calls, or with the error that prevents it."""
        self._is_open = self._is_closed = False
        self._no_call_before = 0.0

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the listening socket."""
        host, port = self._listener.getsockname()
        return host, port

    def run(self) -> None:
        """Take and run calls until ``close``. ``opened`` has the error if none can be taken."""
        hub, ended = get_hub(), Event()
        self._hub, self._ended = hub, ended
        hub.print_exception = _log_fault  # type: ignore[method-assign,assignment]
        try:
            self._incoming.start()
        except BaseException as error:  # the thread that waits for ``opened`` raises it
            self._hub = None
            hub.destroy(destroy_loop=True)
            self.opened.set_exception(error)
            return
        self._is_open = True
        ticking = hub.loop.timer(0, TICK_SECONDS)
        ticking.start(self._look)
        self.opened.set_result(None)
        while not self._is_closed:
            ended.wait()
        self._incoming.stop()
        self._hub = None
        ticking.stop()
        ticking.close()
        hub.destroy(destroy_loop=True)

    def post(self, work: Callable[[], object]) -> None:
        """Run ``work`` in the call loop's thread. Callable from any thread."""
        hub = self._hub
        if hub is not None and not self._is_closed:
            hub.loop.run_callback_threadsafe(work)

    def stop_taking(self) -> None:
        """Stop taking calls; calls in progress go on. Callable from any thread, once.

        The socket is not shut down: other processes may listen on it.
        """
        stopped = threading.Event()

        def stop() -> None:
            self._is_open = False
            self._incoming.leave()
            stopped.set()

        if self._is_open:
            self.post(stop)
            stopped.wait(STOP_SECONDS)
        self._listener.close()

    def close(self) -> None:
        """End ``run`` and shut down the executor. Callable from any thread, once."""
        self.executor.shutdown(wait=False)
        hub, self._is_closed = self._hub, True
        if hub is not None and self._ended is not None:
            hub.loop.run_callback_threadsafe(self._ended.set)

    def dispose(self) -> None:
        """Close file descriptors. Call this after ``run`` has ended."""
        self._incoming.dispose()

    def start_call(self, run: Callable[[], None]) -> None:
        """Schedule the start of a call. Call this from the call loop's thread."""
        CallGreenlet(self, run).start()

    def wire(self, connection: socket.socket) -> CallSocket:
        """Watch a call's connection. Call this from the call loop's thread."""
        assert self._hub is not None
        watcher = self._hub.loop.io(connection.fileno(), _READ)
        wire = self._wires[connection.fileno()] = CallSocket(connection, watcher)
        return wire

    def forget(self, connection: socket.socket) -> None:
        """Stop watching a connection. Call this before it is closed."""
        if (wire := self._wires.pop(connection.fileno(), None)) is not None:
            wire.close()

    def _come(self) -> None:
        """Accept the connection that woke this process."""
        try:
            self._accept()
        finally:
            self._incoming.go_on()

    def _look(self) -> None:
        """Send a heartbeat and poll for a connection: a connection that woke a stopped process
        (SIGSTOP) does not wake another one."""
        self._tick()
        self._accept()

    def _accept(self) -> None:
        """Accept a connection if one is waiting; then move this process to the end of the queue."""
        now = time.monotonic()
        if not self._is_open or now < self._no_call_before:
            return
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # another process accepted it, or the peer closed it
        except OSError as error:
            log.error("no call can be accepted", reason=str(error))
            self._no_call_before = now + PAUSE_SECONDS
            return
        self._incoming.to_the_end_of_the_row()
        self._take(connection)


class CallSocket:
    """A connection whose reader yields to other calls. Used by one call and its offloaded work."""

    def __init__(self, connection: socket.socket, watcher: Any = None) -> None:
        """``watcher`` is gevent's; None: there is no call loop, and a reader blocks its thread."""
        self._connection, self._watcher = connection, watcher

    def wait(self, seconds: float) -> bool:
        """Wait until there may be something to read; return False after ``seconds``."""
        if self._watcher is None or not isinstance(getcurrent(), CallGreenlet):
            return _wait_alone(self._connection, seconds)
        try:
            wait(self._watcher, seconds, TimeoutError)
        except TimeoutError:
            return False
        return True

    def let_others(self) -> None:
        """Let other calls run before this one goes on."""
        if isinstance(getcurrent(), CallGreenlet):
            sleep(0)

    def close(self) -> None:
        """Stop watching."""
        self._watcher.close()


def _log_fault(_context: object, *fault: Any) -> None:
    """Log an error outside of any dialogue; the loop goes on."""
    log.error("a fault in the call loop", exc_info=fault)


def wire(connection: socket.socket) -> CallSocket:
    """Return the current call's waiter for a connection; without a call loop it blocks."""
    call = getcurrent()
    return (
        call.call_loop.wire(connection)
        if isinstance(call, CallGreenlet)
        else CallSocket(connection)
    )


def _wait_alone(connection: socket.socket, seconds: float) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(1000 * seconds))

"""The FastAGI server: runs calls in a call loop, limits their number and ends gracefully.

Only this module has a last-resort handler. It logs any failure of a call without secrets and
closes the connection without IVR_DONE, so that the dialplan takes over the caller.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial

import structlog
from gevent.lock import Semaphore

from ivr import metrics
from ivr.errors import CallerHungUp, Unusable
from ivr.supervision.listener import open_listener
from ivr.supervision.scoreboard import Scoreboard, Slot, State
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.call_loop import CallLoop
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.concatenated import ConcatenatedPrompts
from ivr.telephony.lock import PortLock
from ivr.telephony.session import AgiSession
from ivr.telephony.strangers import Strangers

log = structlog.get_logger()

BUSY_AT_ONCE = 4
"""Callers over the bound who hear so at the same time. The limit protects calls in progress."""
MOST_REFUSED = 256
"""Connections over the bound that wait to hear so; further ones are closed at once."""
MOST_ARRIVING = 256
"""Connections without a request yet. Over this bound the oldest one is closed: Asterisk sends its
request at once."""
RESUMED = "resume"
"""Script that the dialplan requests for a call that another worker began."""
BUSY = "busy"
"""Script that the dialplan requests for a call over the bound."""
NO_THREAD = "can't start new thread"
"""Python's error text when the system refuses a new thread."""
CLOSING_SECONDS = 10.0
"""Time that a call has to notice that its connection was closed."""


Handler = Callable[[AgiSession], None]
"""Runs the dialogue of a call in the call loop. It must offload work that may take long."""


class LineServer:
    """Accepts FastAGI connections from Asterisk and runs each as a call of its call loop."""

    def __init__(
        self,
        bind: str | socket.socket,
        most_calls: int,
        answer: Handler,
        busy: Handler,
        *,
        lock: PortLock,
        checkpoints: CheckpointStore | None = None,
        concatenated: ConcatenatedPrompts | None = None,
        place: tuple[Scoreboard, Slot] | None = None,
        exhausted: Callable[[str], None] | None = None,
    ) -> None:
        """Raise Unusable if the port cannot be opened.

        ``bind`` may be a socket that other processes listen on too. Then ``place`` is the
        scoreboard of all of them and this server's slot, and ``most_calls`` is their common bound.
        ``lock`` checks requests. ``checkpoints`` stores those of calls that another worker resumes;
        without it the channels keep them. ``concatenated`` has the concatenated prompts.
        ``exhausted(reason)`` is called when the system has no more threads or memory.
        """
        self._answer, self._busy, self._lock_of_port = answer, busy, lock
        self._checkpoints, self._concatenated = checkpoints, concatenated
        self._most = most_calls
        self._scoreboard, self._slot = place or _alone()
        self._exhausted = exhausted or _say_exhausted
        self._calls: dict[int, socket.socket] = {}
        self._arriving: dict[int, socket.socket] = {}
        """Connections that have not sent their request yet, oldest first."""
        self._refused: dict[int, socket.socket] = {}
        self._strangers = Strangers()
        self._most_seen = 0
        self._lock = threading.Condition()
        self._closing = False
        self._telling = Semaphore(BUSY_AT_ONCE)
        listener = open_listener(bind) if isinstance(bind, str) else bind
        self._call_loop = CallLoop(listener, self._take, self._slot.beat)
        self._thread = threading.Thread(target=self._call_loop.run, name="call-loop")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the listening socket."""
        return self._call_loop.address

    @property
    def calls(self) -> int:
        """Calls in progress."""
        with self._lock:
            return len(self._calls)

    @property
    def is_taking(self) -> bool:
        """Whether the server accepts new calls."""
        return self._thread.is_alive() and not self._closing

    @property
    def most_seen(self) -> int:
        """Peak number of simultaneous calls since the start."""
        with self._lock:
            return self._most_seen

    def start(self) -> None:
        """Take calls from now on. Unusable: the system has no threads or memory for them."""
        try:
            self._thread.start()
            self._call_loop.opened.result()
        except (RuntimeError, MemoryError) as error:
            if not is_exhausted(error):
                raise
            raise Unusable(
                f"the line cannot take calls ({str(error) or 'no memory'}): end other programs on"
                " this machine, or raise TasksMax= in ivr-line.service"
            ) from None
        self._slot.state = State.SERVING

    def close(self) -> None:
        """Close all calls at once."""
        self.drain(0.0)

    def drain(self, seconds: float) -> None:
        """Stop accepting calls, wait ``seconds`` for calls in progress, then close the rest.

        The dialplan passes a closed call to another worker, or to the agents.
        """
        if self._closing:
            return
        self._closing = True
        self._call_loop.stop_taking()
        self._slot.state = State.DRAINING
        with self._lock:
            self._lock.wait_for(self._has_ended, seconds)
            for connections in (self._calls, self._arriving, self._refused):
                for connection in connections.values():
                    _shut(connection)
            if not self._lock.wait_for(self._has_ended, CLOSING_SECONDS):
                log.error("calls do not end", calls=len(self._calls))
        self._call_loop.close()
        if self._thread.is_alive():
            self._thread.join()
        self._call_loop.dispose()
        self._slot.state = State.ENDING

    def _has_ended(self) -> bool:
        """Whether no connection is left, refused ones included."""
        return not (self._calls or self._arriving or self._refused)

    def _take(self, connection: socket.socket) -> None:
        """Start a greenlet for a connection. It becomes a call when its request is checked."""
        if not self._lock_of_port.admits(_peer(connection)):
            self._strangers.met("it comes from an address that is not allowed")
            _close(connection)
            return
        with self._lock:
            if len(self._arriving) >= MOST_ARRIVING:
                _shut(self._arriving.pop(next(iter(self._arriving))))
            self._arriving[id(connection)] = connection
        try:
            self._call_loop.start_call(partial(self._dialogue, connection))
        except MemoryError:
            self._exhausted("no memory")
            self._done(connection)
            _close(connection)

    def _admit(self, connection: socket.socket, most: int | None) -> bool:
        """Count a call, unless all workers together have ``most`` calls already.

        It writes its own count before it reads the others', so that two workers at the same time
        cannot exceed the bound.
        """
        with self._lock:
            self._slot.calls = len(self._calls) + 1
            if most is not None and self._scoreboard.calls > most:
                self._slot.calls = len(self._calls)
                return False
            self._calls[id(connection)] = self._arriving.pop(id(connection), connection)
            self._most_seen = max(self._most_seen, len(self._calls))
            return True

    def _done(self, connection: socket.socket) -> None:
        with self._lock:
            for connections in (self._calls, self._arriving, self._refused):
                connections.pop(id(connection), None)
            self._slot.calls = len(self._calls)
            self._lock.notify_all()

    def _let_in(self, session: AgiSession) -> Handler:
        """Choose the handler: the dialogue, or, over the bound, the return to the dialplan."""
        script = session.environment["agi_network_script"]
        most = None if script == RESUMED else self._most
        if script != BUSY and self._admit(session.connection, most):
            return self._answer
        with self._lock:
            self._arriving.pop(id(session.connection), None)
            if len(self._refused) >= MOST_REFUSED:
                metrics.call_refused("max-calls")
                return lambda _session: None
            self._refused[id(session.connection)] = session.connection
        return self._turn_away

    def _turn_away(self, session: AgiSession) -> None:
        with self._telling:
            self._busy(session)

    def _dialogue(self, connection: socket.socket) -> None:
        try:
            with closing(
                AgiSession(
                    Agi(connection),
                    self._lock_of_port,
                    self._checkpoints,
                    self._concatenated,
                    connection,
                )
            ) as session:
                self._let_in(session)(session)
        except CallerHungUp:
            pass  # outside of the dialogue: this call needs no further action
        except NotAsterisk as error:
            self._strangers.met(str(error))
        except BaseException as error:  # last resort: a failed call must not end other calls
            if is_exhausted(error):
                self._exhausted(str(error) or "no memory")
            log.exception("a call failed")
        finally:
            self._call_loop.forget(connection)
            _close(connection)
            self._done(connection)


def is_exhausted(error: BaseException | None) -> bool:
    """Whether an error means that this process has no threads or memory for further calls."""
    return isinstance(error, MemoryError) or NO_THREAD in str(error)


def _say_exhausted(reason: str) -> None:
    log.error("no thread or no memory for a call", reason=reason)


def _alone() -> tuple[Scoreboard, Slot]:
    """Make a scoreboard for this process only."""
    scoreboard = Scoreboard(1)
    scoreboard.close()
    return scoreboard, scoreboard.slots[0]


def _peer(connection: socket.socket) -> str:
    """IP address of a peer; "" if it has disconnected."""
    try:
        return str(connection.getpeername()[0])
    except OSError:
        return ""


def _close(connection: socket.socket) -> None:
    _shut(connection)
    connection.close()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the peer has closed it already

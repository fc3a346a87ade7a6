"""The FastAGI server: a thread a call, a bound on calls, and a graceful end.

The last-resort handler is here alone: whatever fails in a call is logged without secrets and its
connection closed without IVR_DONE, so that the dialplan takes the caller over.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import structlog

from ivr import measures
from ivr.errors import CallerHungUp, Unusable
from ivr.settings import host_port
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.telephone import AgiTelephone

log = structlog.get_logger()

BACKLOG = 512
BUSY_THREADS = 4
MOST_REFUSED = 256
"""Connections over the bound that are told so; more are closed at once."""
POLL_SECONDS = 0.2
CLOSING_SECONDS = 10.0
"""How long a call may take to notice that its connection was closed."""


class AgiSession:
    """One call: what Asterisk said of it, its telephone, its variables."""

    def __init__(self, agi: Agi, mute: Callable[[str, bool], None] | None) -> None:
        self._agi = agi
        channel = agi.env.get("agi_channel", "")
        self._telephone = (
            AgiTelephone(agi, lambda muted: mute(channel, muted)) if mute else AgiTelephone(agi)
        )

    @property
    def environment(self) -> Mapping[str, str]:
        return self._agi.env

    @property
    def telephone(self) -> AgiTelephone:
        return self._telephone

    def get(self, name: str) -> str:
        return self._telephone.noted(name)

    def set(self, name: str, value: str) -> None:
        self._telephone.note(name, value)

    def close(self) -> None:
        """End what listens to the caller between questions."""
        self._telephone.close()


Handler = Callable[[AgiSession], None]


class LineServer:
    """Listens for calls of Asterisk and gives each a thread."""

    def __init__(
        self,
        bind: str,
        most_calls: int,
        answer: Handler,
        busy: Handler,
        mute: Callable[[str, bool], None] | None = None,
    ) -> None:
        """Unusable when the port cannot be had. ``mute(channel, on)`` silences recordings."""
        self._answer, self._busy, self._mute = answer, busy, mute
        self._most = most_calls
        self._calls: dict[int, socket.socket] = {}
        self._refused: dict[int, socket.socket] = {}
        self._most_seen = 0
        self._lock = threading.Condition()
        self._closing = threading.Event()
        self._refusing = ThreadPoolExecutor(BUSY_THREADS, "busy")
        try:
            self._listener = socket.create_server(host_port(bind), backlog=BACKLOG)
        except OSError as error:
            raise Unusable(
                f"{bind} cannot be used ({error.strerror}): set IVR_AGI_BIND to a free port"
            ) from None
        self._listener.settimeout(POLL_SECONDS)
        self._acceptor = threading.Thread(target=self._accept, name="acceptor")

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.getsockname()
        return host, port

    @property
    def calls(self) -> int:
        """Calls in progress."""
        with self._lock:
            return len(self._calls)

    @property
    def is_taking(self) -> bool:
        """Whether new calls are accepted."""
        return self._acceptor.is_alive() and not self._closing.is_set()

    @property
    def most_seen(self) -> int:
        """The most calls at once since the start."""
        with self._lock:
            return self._most_seen

    def start(self) -> None:
        self._acceptor.start()

    def close(self) -> None:
        """End at once."""
        self.drain(0.0)

    def drain(self, seconds: float) -> None:
        """Take no new call, let those in progress end for ``seconds``, then close the rest.

        The dialplan goes on with a call that is closed: another worker, or the agents.
        """
        self._closing.set()
        if self._acceptor.is_alive():
            self._acceptor.join()
        self._listener.close()
        deadline = time.monotonic() + seconds
        with self._lock:
            while self._calls and time.monotonic() < deadline:
                self._lock.wait(deadline - time.monotonic())
            for connection in (*self._calls.values(), *self._refused.values()):
                _shut(connection)
            if not self._lock.wait_for(lambda: not self._calls, CLOSING_SECONDS):
                log.error("calls do not end", calls=len(self._calls))
        self._refusing.shutdown()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError as error:
                log.error("no call can be accepted", reason=str(error))
                time.sleep(POLL_SECONDS)
                continue
            self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        with self._lock:
            room = len(self._calls) < self._most
            refuse = not room and len(self._refused) < MOST_REFUSED
            if room:
                self._calls[id(connection)] = connection
                self._most_seen = max(self._most_seen, len(self._calls))
            elif refuse:
                self._refused[id(connection)] = connection
        if room:
            try:
                threading.Thread(target=self._serve, args=(connection,), name="call").start()
            except RuntimeError as error:
                log.error("no thread for a call", reason=str(error))
                self._done(connection)
                _close(connection)
            return
        measures.call_refused("max-calls")
        if refuse:
            self._refusing.submit(self._refuse, connection)
        else:
            _close(connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._dialogue(connection, self._answer)
        finally:
            self._done(connection)

    def _refuse(self, connection: socket.socket) -> None:
        try:
            self._dialogue(connection, self._busy)
        finally:
            with self._lock:
                self._refused.pop(id(connection), None)

    def _done(self, connection: socket.socket) -> None:
        with self._lock:
            self._calls.pop(id(connection), None)
            self._lock.notify_all()

    def _dialogue(self, connection: socket.socket, handler: Handler) -> None:
        try:
            with closing(AgiSession(Agi(connection), self._mute)) as session:
                handler(session)
        except CallerHungUp:
            pass  # before or after the dialogue: nothing is left to do for this call
        except NotAsterisk as error:
            log.warning("a peer that is not Asterisk", reason=str(error))
        except Exception:  # the last resort: one call must not end another
            log.exception("a call failed")
        finally:
            _close(connection)


def _close(connection: socket.socket) -> None:
    _shut(connection)
    connection.close()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the peer was faster

"""The FastAGI server: calls at a switchboard, a bound on them, and a graceful end.

The last-resort handler is here alone: whatever fails in a call is logged without secrets and its
connection closed without IVR_DONE, so that the dialplan takes the caller over.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial

import structlog
from gevent.lock import Semaphore

from ivr import metrics
from ivr.errors import CallerHungUp
from ivr.flow.checkpoint import PLACE
from ivr.supervision.listener import open_listener
from ivr.supervision.scoreboard import Scoreboard, Slot, State
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.call_loop import CallLoop
from ivr.telephony.checkpoints import CheckpointStore, PlaceOfCall
from ivr.telephony.concatenated import ConcatenatedPrompts
from ivr.telephony.lock import TOKEN, PortLock
from ivr.telephony.strangers import Strangers
from ivr.telephony.telephone import AgiTelephone, one_by_one

log = structlog.get_logger()

BUSY_AT_ONCE = 4
"""Callers over the bound who are told so at the same time: those inside come first."""
MOST_REFUSED = 256
"""Connections over the bound that are told so; more are closed at once."""
MOST_ARRIVING = 256
"""Connections without a request yet; Asterisk's comes at once, so the oldest one makes room."""
DONE = "IVR_DONE"
"""The last variable of a dialogue: the dialplan goes on."""
RESUMED = "resume"
"""What the dialplan asks for with a call that was begun elsewhere."""
BUSY = "busy"
"""What the dialplan asks for with a call that is one too many."""
SAME = "IVR_SAME_PRESS"
"""Milliseconds in which the same key is the same press; empty: none."""
GIVEN = frozenset({TOKEN, "IVR_DIALLED", "IVR_RESUME", "IVR_REASON", PLACE, SAME})
"""Arguments of every request."""
NO_THREAD = "can't start new thread"
"""What Python says when the system gives it no further thread."""
CLOSING_SECONDS = 10.0
"""How long a call may take to notice that its connection was closed."""


class AgiSession:
    """One call: what Asterisk said of it, its telephone, its variables."""

    def __init__(
        self,
        agi: Agi,
        lock: PortLock,
        places: CheckpointStore | None,
        concatenated: ConcatenatedPrompts | None,
        connection: socket.socket,
    ) -> None:
        """NotAsterisk: the request does not come from this installation's dialplan."""
        self._agi = agi
        self.connection = connection
        call = agi.env["agi_uniqueid"]
        self._given = _given(agi.arguments)
        """Variables that the dialplan has handed over with the call."""
        if not lock.opens(agi.env, self._given.pop(TOKEN)):
            raise NotAsterisk(
                "a request has no token of this line: if it is your Asterisk, run `ivr asterisk"
                " render` and restart it"
            )
        self._place = PlaceOfCall(places, call, self._given[PLACE], lock)
        same = self._given[SAME]
        self._telephone = AgiTelephone(
            agi,
            self._place.keep,
            concatenated.sounds if concatenated else one_by_one,
            int(same) / 1000 if same.isdecimal() else 0.0,
        )

    @property
    def environment(self) -> Mapping[str, str]:
        return self._agi.env

    @property
    def telephone(self) -> AgiTelephone:
        return self._telephone

    def get(self, name: str) -> str:
        given = self._given.get(name)
        if given is None:
            return self._telephone.noted(name)
        return self._place.read() if name == PLACE else given

    def set(self, name: str, value: str) -> None:
        if name == DONE and self._given.get("IVR_NEXT") == "bye":
            self._place.forget()  # any other call may come back from the agents
        self._given[name] = value
        self._telephone.note(name, value)

    def close(self) -> None:
        """The call is done with, or its connection has ended: then another worker goes on."""
        if self._agi.is_hung_up:
            self._place.forget()


def _given(arguments: Sequence[str]) -> dict[str, str]:
    """What the dialplan has handed over: all that it has to, each once, and nothing else."""
    given = dict(argument.partition("=")[::2] for argument in arguments)
    if len(given) != len(arguments) or given.keys() != GIVEN:
        raise NotAsterisk(
            "the arguments are not those of this version's dialplan: run `ivr asterisk render` and"
            " restart Asterisk"
        )
    return given


Handler = Callable[[AgiSession], None]
"""Holds the dialogue of a call at the switchboard: what may take long is to be offloaded."""


class LineServer:
    """Listens for calls of Asterisk and gives each a seat at its switchboard."""

    def __init__(
        self,
        bind: str | socket.socket,
        most_calls: int,
        answer: Handler,
        busy: Handler,
        *,
        lock: PortLock,
        places: CheckpointStore | None = None,
        concatenated: ConcatenatedPrompts | None = None,
        place: tuple[Scoreboard, Slot] | None = None,
        exhausted: Callable[[str], None] | None = None,
    ) -> None:
        """Unusable when the port cannot be had. ``lock`` tells who may ask for what. ``places``
        keeps where calls are, for the worker that takes them up; without it their channels do.
        ``concatenated`` has prompts that are played as one.

        ``bind`` may be a socket that others listen on too; ``place`` is then where this server
        stands on their board, and ``most_calls`` is that of all together. ``exhausted(reason)`` is
        called when no thread or no memory is to be had.
        """
        self._answer, self._busy, self._lock_of_port = answer, busy, lock
        self._places, self._concatenated = places, concatenated
        self._most = most_calls
        self._board, self._slot = place or _alone()
        self._exhausted = exhausted or _say_exhausted
        self._calls: dict[int, socket.socket] = {}
        self._arriving: dict[int, socket.socket] = {}
        """Peers that have not said yet which call they bring, the oldest first."""
        self._refused: dict[int, socket.socket] = {}
        self._strangers = Strangers()
        self._most_seen = 0
        self._lock = threading.Condition()
        self._closing = False
        self._telling = Semaphore(BUSY_AT_ONCE)
        listener = open_listener(bind) if isinstance(bind, str) else bind
        self._switchboard = CallLoop(listener, self._take, self._slot.beat)
        self._thread = threading.Thread(target=self._switchboard.run, name="switchboard")

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self._switchboard.address

    @property
    def calls(self) -> int:
        """Calls in progress."""
        with self._lock:
            return len(self._calls)

    @property
    def is_taking(self) -> bool:
        """Whether new calls are accepted."""
        return self._thread.is_alive() and not self._closing

    @property
    def most_seen(self) -> int:
        """The most calls at once since the start."""
        with self._lock:
            return self._most_seen

    def start(self) -> None:
        self._thread.start()
        self._switchboard.opened.wait()
        self._slot.state = State.SERVING

    def close(self) -> None:
        """End at once."""
        self.drain(0.0)

    def drain(self, seconds: float) -> None:
        """Take no new call, let those in progress end for ``seconds``, then close the rest.

        The dialplan goes on with a call that is closed: another worker, or the agents.
        """
        if self._closing:
            return
        self._closing = True
        self._switchboard.stop_taking()
        self._slot.state = State.DRAINING
        with self._lock:
            self._lock.wait_for(self._has_ended, seconds)
            for connections in (self._calls, self._arriving, self._refused):
                for connection in connections.values():
                    _shut(connection)
            if not self._lock.wait_for(self._has_ended, CLOSING_SECONDS):
                log.error("calls do not end", calls=len(self._calls))
        self._switchboard.close()
        if self._thread.is_alive():
            self._thread.join()
        self._switchboard.dispose()
        self._slot.state = State.ENDING

    def _has_ended(self) -> bool:
        """Whether nobody is at the board, those over the bound included."""
        return not (self._calls or self._arriving or self._refused)

    def _take(self, connection: socket.socket) -> None:
        """Seat a peer: until its request is known to be of this installation it is no call."""
        if not self._lock_of_port.admits(_peer(connection)):
            self._strangers.met("it comes from an address that may not ask")
            _close(connection)
            return
        with self._lock:
            if len(self._arriving) >= MOST_ARRIVING:
                _shut(self._arriving.pop(next(iter(self._arriving))))
            self._arriving[id(connection)] = connection
        try:
            self._switchboard.seat(partial(self._dialogue, connection))
        except MemoryError:
            self._exhausted("no memory")
            self._done(connection)
            _close(connection)

    def _admit(self, connection: socket.socket, most: int | None) -> bool:
        """Count a call in, unless there are ``most`` of them already.

        It is counted before the others are: two workers at once never take one too many.
        """
        with self._lock:
            self._slot.calls = len(self._calls) + 1
            if most is not None and self._board.calls > most:
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
        """Who has the call: the line, or the dialplan again if it is one too many."""
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
                    self._places,
                    self._concatenated,
                    connection,
                )
            ) as session:
                self._let_in(session)(session)
        except CallerHungUp:
            pass  # before or after the dialogue: nothing is left to do for this call
        except NotAsterisk as error:
            self._strangers.met(str(error))
        except BaseException as error:  # the last resort: one call must not end another
            if is_exhausted(error):
                self._exhausted(str(error) or "no memory")
            log.exception("a call failed")
        finally:
            self._switchboard.forget(connection)
            _close(connection)
            self._done(connection)


def is_exhausted(error: BaseException | None) -> bool:
    """Whether an error says that this process can serve nobody any more."""
    return isinstance(error, MemoryError) or NO_THREAD in str(error)


def _say_exhausted(reason: str) -> None:
    log.error("no thread or no memory for a call", reason=reason)


def _alone() -> tuple[Scoreboard, Slot]:
    """A board that nobody else sees."""
    board = Scoreboard(1)
    board.close()
    return board, board.slots[0]


def _peer(connection: socket.socket) -> str:
    """The address of a peer; "" if it is gone already."""
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
        return  # the peer was faster

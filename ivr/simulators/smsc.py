"""Simulator of a message centre and its phones: an SMPP server on loopback.

``ivr up`` uses it if no other centre is set. Tests choose its failures. The messages that phones
receive are in a file, so that another process can read them.
"""

from __future__ import annotations

import itertools
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ivr.network.pdu import (
    BINDS,
    HEADER,
    Command,
    Pdu,
    Status,
    read_bind,
    read_submission,
    text,
)
from ivr.simulators.phones import Phones, Received
from ivr.simulators.smsc_habits import Habit, receipts

LOOPBACK = "127.0.0.1"
LONGEST_PDU = 65_536
MOST_LINKS = 32
"""Most links at a time. A new link replaces the one that has been unbound for longest."""


class SmscBehaviour(StrEnum):
    """The handling of a submitted message."""

    TAKES = "takes"
    REFUSES = "refuses"
    """The centre answers with ``SmscSimulator.refusal``."""
    NACKS = "nacks"
    """The centre answers with generic_nack, as if it did not understand the request."""
    NAMELESS = "nameless"
    """The centre accepts the message and gives it no name."""
    THROTTLES = "throttles"
    SILENT = "silent"
    """No answer, and the phone gets nothing."""
    DROPS = "drops"
    """The connection ends without an answer, and the phone gets nothing."""
    FORGETS = "forgets"
    """The phone gets it, but the connection ends before the answer."""
    LATE = "late"
    """The answer comes after ``SmscSimulator.delay`` seconds."""


@dataclass
class SmscSimulator:
    """A message centre for one client, which binds with name and password.

    ``mood``, ``habit`` and the other settings may be changed at any time.
    """

    file: Path
    system_id: str = "ivr"
    password: str = ""
    port: int = 0
    """0: the operating system chooses the port."""
    mood: SmscBehaviour = SmscBehaviour.TAKES
    delay: float = 1.0
    arrives: bool = True
    """The result that receipts report."""
    habit: Habit = Habit.PLAIN
    """The form of receipts."""
    refusal: int = Status.INVALID_DESTINATION
    bind_refusal: int | None = None
    """The answer to each bind; None: it depends on name and password."""
    kinds: frozenset[Command] = BINDS
    """The binds that the centre supports."""
    tls: ssl.SSLContext | None = None
    patience: float = 5.0
    """Limit in seconds for a client's bind, and for receiving the rest of each request."""
    binds: int = 0
    asked: int = 0
    """The number of submissions."""
    answered: list[tuple[int, int]] = field(default_factory=list)
    """Command and status of the client's answers to deliveries."""
    types: tuple[int, int, int, int] = (0, 0, 0, 0)
    """TON and NPI of the newest submission: the sender's, then the number's."""
    system_type: str = ""
    """The system type in the last bind."""
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _links: dict[socket.socket, Command | None] = field(default_factory=dict)
    """Connections in order of arrival, each with its bind; None: not bound yet."""
    _stopped: threading.Event = field(default_factory=threading.Event)
    _is_listening: bool = False

    def listen(self) -> None:
        """Open the port; clients get answers after ``start``. OSError: the port is in use."""
        Phones(self.file).make()
        self._listener = socket.create_server((LOOPBACK, self.port))
        self.port = self._listener.getsockname()[1]
        self._is_listening = True

    def start(self) -> None:
        """Open the port if it is not open, and serve clients. OSError: the port is in use."""
        if not self._is_listening:
            self.listen()
        self._stopped.clear()
        threading.Thread(target=self._accept, name="smsc", daemon=True).start()

    def close(self) -> None:
        """Close all links and the port; ``start`` opens the same port again."""
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._is_listening = False
        self.drop()

    def drop(self) -> None:
        """Close all links."""
        for link in list(self._links):
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def received(self, number: str | None = None) -> Sequence[Received]:
        """Return the texts that phones show, or one phone, oldest first (``Phones.texts``)."""
        return Phones(self.file).texts(number)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            if self.tls is not None:
                link = self.tls.wrap_socket(link, True, do_handshake_on_connect=False)
            self._links[link] = None
            if len(self._links) > MOST_LINKS:
                self._make_room()
            threading.Thread(target=self._serve, args=(link,), name="smsc", daemon=True).start()

    def _make_room(self) -> None:
        for link, bind in list(self._links.items()):
            if bind is None:
                with suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)
                self._links.pop(link, None)
                return

    def _serve(self, link: socket.socket) -> None:
        with suppress(OSError, EOFError, ValueError, sqlite3.Error), link:
            is_bound = False
            if isinstance(link, ssl.SSLSocket):
                link.settimeout(self.patience)
                link.do_handshake()
            named_by = time.monotonic() + self.patience
            while True:
                pdu = _read(link, None if is_bound else named_by, self.patience)
                match pdu.command:
                    case _ if pdu.command in self.kinds:
                        is_bound = self._bind(link, pdu)
                    case Command.ENQUIRE_LINK:
                        if self.mood is not SmscBehaviour.SILENT:
                            link.sendall(pdu.response().raw)
                    case Command.UNBIND:
                        link.sendall(pdu.response().raw)
                        break
                    case Command.SUBMIT_SM if is_bound:
                        if not self._submit(link, pdu):
                            break
                    case Command.SUBMIT_SM:
                        link.sendall(pdu.response(Status.INVALID_BIND).raw)
                    case _ if pdu.is_response:
                        self.answered.append((pdu.command, pdu.status))
                    case _:
                        link.sendall(pdu.nack().raw)
        self._links.pop(link, None)

    def _bind(self, link: socket.socket, pdu: Pdu) -> bool:
        peer = read_bind(pdu.body)
        is_known = (peer.name, peer.password) == (self.system_id, self.password)
        if self.bind_refusal is not None or not is_known:
            link.sendall(pdu.response(self.bind_refusal or Status.BIND_FAILED).raw)
            return False
        self.binds += 1
        self.system_type = peer.system_type
        self._links[link] = Command(pdu.command)
        link.sendall(pdu.response(Status.OK, text("simulator")).raw)
        return True

    def _submit(self, link: socket.socket, pdu: Pdu) -> bool:
        """Answer a submission; False: the connection ends."""
        self.asked += 1
        match self.mood:
            case SmscBehaviour.SILENT:
                return True
            case SmscBehaviour.DROPS:
                return False
            case SmscBehaviour.REFUSES:
                link.sendall(pdu.response(self.refusal).raw)
                return True
            case SmscBehaviour.NACKS:
                link.sendall(pdu.nack().raw)
                return True
            case SmscBehaviour.THROTTLES:
                link.sendall(pdu.response(Status.THROTTLED).raw)
                return True
        submission = read_submission(pdu.body)
        self.types = submission.types
        Phones(self.file).keep(submission)
        if self.mood is SmscBehaviour.FORGETS:
            return False
        if self.mood is SmscBehaviour.LATE:
            self._stopped.wait(self.delay)
        name, arrives = f"{next(self._names):08X}", self.arrives
        told = receipts(self.habit, submission, name, arrives) if submission.wants_receipt else ()
        called = b"" if self.mood is SmscBehaviour.NAMELESS else text(name)
        answer = pdu.response(Status.OK, called).raw
        sent = [Pdu(command, Status.OK, pdu.sequence, body).raw for command, body in told]
        if self.habit is Habit.EARLY:
            link.sendall(sent.pop())
        link.sendall(answer)
        for raw in sent:
            self._receiver(link).sendall(raw)
        return True

    def _receiver(self, link: socket.socket) -> socket.socket:
        """Return the link for the receipts of messages that came over ``link``."""
        if self._links.get(link) is not Command.BIND_TRANSMITTER:
            return link
        receivers = [each for each, bind in self._links.items() if bind is Command.BIND_RECEIVER]
        return receivers[-1] if receivers else link


def _read(link: socket.socket, until: float | None, patience: float) -> Pdu:
    """Read a request.

    TimeoutError: it does not begin by ``until`` (of time.monotonic), or is not complete
    ``patience`` seconds after its beginning.
    """
    first = _exactly(link, 1, until)
    end = time.monotonic() + patience
    until = end if until is None else min(end, until)
    rest = _exactly(link, HEADER.size - 1, until)
    length, command, status, sequence = HEADER.unpack(first + rest)
    if not HEADER.size <= length <= LONGEST_PDU:
        raise ValueError("no SMPP")
    return Pdu(command, status, sequence, _exactly(link, length - HEADER.size, until))


def _exactly(link: socket.socket, size: int, until: float | None) -> bytes:
    found = b""
    while len(found) < size:
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        link.settimeout(left)
        part = link.recv(size - len(found))
        if not part:
            raise EOFError
        found += part
    return found

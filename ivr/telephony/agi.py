"""The AGI dialogue over a socket: pyst2, hardened.

Bugs of pyst2 0.5.1 that are fixed here, each with a test: it installs a signal handler off the
main thread; prints everything to standard error, secrets too; writes text to a bytes stream; does
not escape arguments and lets line breaks through; reads the line ``HANGUP`` before a reply as the
reply, so that every later reply is off by one; reads end of file as an endless empty line; takes a
variable with the value "hangup" for a hang-up; limits neither the length nor the time of a line.

Every form of hang-up is CallerHungUp: the line ``HANGUP``, ``-1``, 511, end of file, a broken pipe.
Seen on Asterisk 22: a missing sound gives ``-1`` too, so the channel's status is asked for; up (6)
without a ``HANGUP`` before that reply means that the sound is missing. If the reply says that part
of the sound was played (``endpos``), the caller has hung up. Variables can still be set and read
after a hang-up. A command that starts while ``STREAM FILE`` plays ends it without a reply.

In a call loop, reading yields to other calls.
"""

from __future__ import annotations

import re
import socket
import time

from asterisk.agi import AGI

from ivr import metrics
from ivr.errors import CallerHungUp, FlowBroken, IvrError
from ivr.telephony.call_loop import wire

LONGEST_COMMAND = 8_000
"""Bytes. Asterisk splits a longer line and runs its tail as another command."""
LONGEST_REPLY = 65_536
LONGEST_HEADER = 60
"""Lines that a peer may send before its first command."""
LONGEST_USAGE = 100
"""Lines of a reply: an endless one would block the other calls."""
MOST_OF_A_HEADER = 400
"""Bytes to wait for at first; seen on Asterisk 22: a header has 640."""
MOST_OF_A_HEADER_SECONDS = 0.05
"""How long to wait for MOST_OF_A_HEADER before the header is read as it comes."""
HEADER_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""Time limit of a command that does not wait for the caller."""

_RESULT = re.compile(
    r"200 result=(?P<value>\S*)(?: \((?P<data>.*)\))?(?: endpos=(?P<end>\d+))?", re.DOTALL
)
_BEGIN = b"agi_"
"""Beginning of each header line."""
_ARGUMENT = "agi_arg_"
NAMES = tuple(
    f"agi_{name}"
    for name in (
        *("network", "network_script", "request", "channel", "language", "type", "uniqueid"),
        *("version", "callerid", "calleridname", "callingpres", "callingani2", "callington"),
        *("callingtns", "dnid", "rdnis", "context", "extension", "priority", "enhanced"),
        *("accountcode", "threadid"),
    )
)
"""Names of a header in the order of Asterisk 22 (res_agi.c, ``setup_env``)."""
REQUIRED = frozenset(
    f"agi_{name}" for name in ("network_script", "channel", "uniqueid", "callerid", "threadid")
)
_STATUS = "CHANNEL STATUS"
_FORBIDDEN = re.compile(r"[\x00\r\n]")

UP = "6"
"""``CHANNEL STATUS`` of an answered call."""

Reply = dict[str, tuple[str, str]]
"""As in pyst2: ``result`` has the value and the text in parentheses after it."""


class NotAsterisk(IvrError):
    """The peer does not speak AGI. Its connection is closed; nothing else happens."""


class Agi(AGI):  # type: ignore[misc]  # pyst2 has no types
    """The AGI dialogue of one call. The commands of pyst2 work on it."""

    def __init__(self, connection: socket.socket, header_seconds: float = HEADER_SECONDS) -> None:
        """Read the header. NotAsterisk: it is malformed. CallerHungUp: it is late."""
        self._socket = connection
        self._received = b""
        self.is_hung_up = False
        """The caller has certainly hung up; the connection may also end for other reasons."""
        connection.setblocking(False)
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wire = wire(connection)
        self._wait_for(header_seconds)
        self._await_header()
        self._get_agi_env()

    def _await_header(self) -> None:
        """Wait until most of the header is there: Asterisk sends it line by line, and one wake-up
        is cheaper than one for each line."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, MOST_OF_A_HEADER)
        self._wire.wait(MOST_OF_A_HEADER_SECONDS)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def _get_agi_env(self) -> None:
        """Read the header strictly: only Asterisk's names, each at most once and in its order; the
        arguments last and numbered from 1."""
        env: dict[str, str] = {}
        arguments: list[str] = []
        self.env, self.arguments = env, arguments
        names = iter(NAMES)
        for line in self._header():
            name, colon, value = line.partition(":")
            if not colon:
                raise NotAsterisk("a header line is not agi_name: value")
            if name == f"{_ARGUMENT}{len(arguments) + 1}" and "agi_threadid" in env:
                arguments.append(value.strip())
            elif name in names and not arguments:  # the iterator skips the names before it
                env[name] = value.strip()
            else:
                raise NotAsterisk("a header line is in the wrong place")
        if not env.keys() >= REQUIRED:
            raise NotAsterisk("the header is incomplete")

    def _header(self) -> list[str]:
        """Return the lines before the first empty one."""
        while (end := self._received.find(b"\n\n")) < 0:
            if self._received[: len(_BEGIN)] != _BEGIN[: len(self._received)]:
                raise NotAsterisk("a header line is not agi_name: value")
            too_many = self._received.count(b"\n") > LONGEST_HEADER
            if too_many or len(self._received) > LONGEST_REPLY:
                raise NotAsterisk("the header does not end")
            self._receive()
        lines = self._received[:end].decode("utf-8", "replace").split("\n")
        self._received = self._received[end + 2 :]
        return lines

    def _quote(self, string: object) -> str:
        text = str(string)
        if _FORBIDDEN.search(text):
            raise FlowBroken(
                "a line break or NUL cannot be sent to Asterisk: take it out of the text"
            )
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def execute(self, command: str, *args: object, wait: float = ANSWER_SECONDS) -> Reply:
        """Run a command and return its reply; ``wait`` is its time limit in seconds.

        Every argument must have gone through ``_quote`` or be a number. CallerHungUp: every form of
        hang-up. FlowBroken: Asterisk cannot run the command.
        """
        begun = time.perf_counter()
        self.send_command(command, *args)
        reply = self.get_result(wait)
        metrics.command(command, time.perf_counter() - begun)
        if reply["result"][0] == "-1" and command != _STATUS:
            raise self._why()
        return reply

    def send_command(self, command: str, *args: object) -> None:
        line = " ".join((command, *map(str, args))).strip()
        if _FORBIDDEN.search(line):
            raise FlowBroken(
                "a line break or NUL cannot be sent to Asterisk: take it out of the text"
            )
        data = line.encode("utf-8", "replace") + b"\n"
        if len(data) > LONGEST_COMMAND:
            size = len(data)
            raise FlowBroken(
                f"a command of {size} bytes is too long for Asterisk: shorten the text"
            )
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            raise CallerHungUp("the connection is closed") from None
        if sent < len(data):  # one command is far smaller than the socket's buffer
            raise NotAsterisk("the peer does not read")

    def get_result(self, wait: float = ANSWER_SECONDS) -> Reply:
        """Return the reply to the last command; it must come within ``wait`` seconds."""
        self._wait_for(wait)
        if self._received:  # Asterisk sends only HANGUP early; other peers must not starve calls
            self._wire.let_others()
        self._lines_left = LONGEST_USAGE
        line = self._line_of_reply()
        while line == "HANGUP":
            self.is_hung_up = True
            line = self._line_of_reply()
        if line.startswith("200 "):
            found = _RESULT.match(line)
            if found is None:
                raise NotAsterisk("a reply has no result")
            if found["value"] == "-1" and int(found["end"] or 0):
                self.is_hung_up = True
                raise CallerHungUp("hung up during a sound")
            return {"result": (found["value"], found["data"] or "")}
        if line.startswith("511 "):
            self.is_hung_up = True
            raise CallerHungUp("the channel is dead")
        if line.startswith("520-"):
            while not line.startswith("520 "):
                line = self._line_of_reply()
        if line.startswith("520 "):
            raise FlowBroken("Asterisk refuses the form of a command: it must be version 22")
        if line.startswith("510 "):
            raise FlowBroken(
                "Asterisk does not know a command: run `ivr asterisk render` and restart it, so"
                " that it loads the modules that the line needs"
            )
        raise NotAsterisk("a reply has no code")

    def _why(self) -> CallerHungUp | FlowBroken:
        """Return the error that a ``-1`` means."""
        if self.is_hung_up or self.execute(_STATUS)["result"][0] != UP or self.is_hung_up:
            self.is_hung_up = True
            return CallerHungUp("hung up")
        return FlowBroken("a sound file is missing: run `ivr flow publish`")

    def close(self) -> None:
        """End the dialogue: the dialplan goes on at once."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the peer has closed it already
        finally:
            self._socket.close()

    def _wait_for(self, seconds: float) -> None:
        """Set the deadline for the lines read from now on."""
        self._deadline = time.monotonic() + seconds

    def _receive(self) -> None:
        more = self._read()
        while more is None:
            left = self._deadline - time.monotonic()
            if left <= 0 or not self._wire.wait(left):
                raise CallerHungUp("Asterisk does not answer in time")
            more = self._read()
        if not more:
            raise CallerHungUp("the connection is closed")
        self._received = self._received + more if self._received else more

    def _read(self) -> bytes | None:
        """Return the bytes that have come; empty: the connection has ended; None: nothing yet."""
        try:
            return self._socket.recv(4096)
        except BlockingIOError:
            return None
        except OSError:
            raise CallerHungUp("the connection is closed") from None

    def _line_of_reply(self) -> str:
        self._lines_left -= 1
        if self._lines_left < 0:
            raise NotAsterisk("a reply does not end")
        return self._line()

    def _line(self) -> str:
        while b"\n" not in self._received:
            if len(self._received) > LONGEST_REPLY:
                raise NotAsterisk(f"a line is longer than {LONGEST_REPLY} bytes")
            self._receive()
        line, _, self._received = self._received.partition(b"\n")
        return line.decode("utf-8", "replace").strip()

"""The AGI dialogue over a socket: pyst2, hardened.

Faults of pyst2 0.5.1 that are mended here, each with a test: a signal handler installed off the
main thread; everything printed to standard error, secrets too; text written to a bytes stream;
arguments not escaped, line breaks let through; the line ``HANGUP`` before a reply read as the
reply, and every later reply off by one; end of file read as an endless empty line; a variable
whose value is "hangup" taken for a hang-up; no limit to the length or the time of a line.

Every form of hang-up is CallerHungUp. A ``-1`` of a command that plays is a hang-up, or a sound
that is missing: the channel's status tells which.
"""

from __future__ import annotations

import re
import socket

from asterisk.agi import AGI

from ivr.errors import CallerHungUp, FlowBroken, IvrError

LONGEST_COMMAND = 8_000
"""Bytes. Asterisk splits a longer line and runs its tail as a command of its own."""
LONGEST_REPLY = 65_536
LONGEST_HEADER = 100
"""Lines that a peer may send before its first command."""
HEADER_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""How long a command that does not wait for the caller may take."""

_RESULT = re.compile(r"200 result=(?P<value>\S*)(?: \((?P<data>.*)\))?(?: endpos=\d+)?", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00\r\n]")

Result = tuple[str, str]
"""What a command answered: the value, and what stood in parentheses behind it."""


class NotAsterisk(IvrError):
    """The peer does not speak AGI; its connection is closed and nothing else happens."""


class Agi(AGI):  # type: ignore[misc]  # pyst2 has no types
    """One call's AGI dialogue. Used by one thread."""

    def __init__(self, connection: socket.socket) -> None:
        """Reads the header. NotAsterisk, or CallerHungUp, when there is none within 5 s."""
        self._socket = connection
        self._received = b""
        self._gone = False
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.env: dict[str, str] = {}
        connection.settimeout(HEADER_SECONDS)
        self._get_agi_env()

    def _get_agi_env(self) -> None:
        for _ in range(LONGEST_HEADER):
            line = self._line()
            if not line:
                if "agi_request" not in self.env:
                    raise NotAsterisk("the header names no agi_request")
                return
            name, colon, value = line.partition(":")
            if not colon or not name.startswith("agi_"):
                raise NotAsterisk("a header line is not agi_name: value")
            self.env[name] = value.strip()
        raise NotAsterisk("the header does not end")

    def _quote(self, string: object) -> str:
        text = str(string)
        if _FORBIDDEN.search(text):
            raise FlowBroken("a line break or NUL cannot be sent to Asterisk")
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def execute(self, command: str, *args: object, wait: float = ANSWER_SECONDS) -> Result:
        """Run a command; ``wait`` is how many seconds it may take.

        Every argument must have gone through ``_quote`` or be a number.
        """
        self.send_command(command, *args)
        return self.get_result(wait)

    def send_command(self, command: str, *args: object) -> None:
        line = " ".join((command, *map(str, args)))
        if _FORBIDDEN.search(line):
            raise FlowBroken("a line break or NUL cannot be sent to Asterisk")
        data = line.encode("utf-8", "replace") + b"\n"
        if len(data) > LONGEST_COMMAND:
            raise FlowBroken(f"a command of {len(data)} bytes is too long for Asterisk")
        try:
            self._socket.settimeout(ANSWER_SECONDS)
            self._socket.sendall(data)
        except OSError:
            raise CallerHungUp("the connection is closed") from None

    def get_result(self, wait: float = ANSWER_SECONDS) -> Result:
        self._socket.settimeout(wait)
        line = self._line()
        while line == "HANGUP":
            self._gone = True
            line = self._line()
        if line.startswith("200 "):
            found = _RESULT.match(line)
            if found is None:
                raise NotAsterisk("a reply has no result")
            return found["value"], found["data"] or ""
        if line.startswith("511 "):
            raise CallerHungUp("the channel is dead")
        if line.startswith("520"):
            while not line.startswith("520 End"):
                line = self._line()
            raise FlowBroken("Asterisk refuses the form of a command")
        if line.startswith("510 "):
            raise FlowBroken("Asterisk does not know a command")
        raise NotAsterisk("a reply has no code")

    def played(self, result: Result) -> Result:
        """The result of a command that plays; CallerHungUp for a hang-up.

        FlowBroken when the channel is alive, which means that the sound is missing.
        """
        if result[0] != "-1":
            if self._gone:
                raise CallerHungUp("hung up")
            return result
        if self._gone or self.execute("CHANNEL STATUS")[0] != "6" or self._gone:
            raise CallerHungUp("hung up")
        raise FlowBroken("a sound is missing")

    def get_full_variable(self, expression: str) -> str:
        """Evaluate ``${NAME}`` or a longer expression; "" when it is empty."""
        value, data = self.execute("GET FULL VARIABLE", self._quote(expression))
        return data if value == "1" else ""

    def set_variable(self, name: str, value: str) -> None:
        self.execute("SET VARIABLE", name, self._quote(value))

    def close(self) -> None:
        """End the dialogue: the dialplan goes on at once."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the peer was faster
        finally:
            self._socket.close()

    def _line(self) -> str:
        while b"\n" not in self._received:
            if len(self._received) > LONGEST_REPLY:
                raise NotAsterisk(f"a line is longer than {LONGEST_REPLY} bytes")
            try:
                more = self._socket.recv(4096)
            except TimeoutError:
                raise CallerHungUp("Asterisk does not answer in time") from None
            except OSError:
                raise CallerHungUp("the connection is closed") from None
            if not more:
                raise CallerHungUp("the connection is closed")
            self._received += more
        line, _, self._received = self._received.partition(b"\n")
        return line.decode("utf-8", "replace").strip()

"""Asterisk's side of an AGI dialogue, and a caller who presses keys and may hang up at any line."""

from __future__ import annotations

import re
import socket
import struct
import threading
from contextlib import suppress
from enum import StrEnum
from types import TracebackType

from ivr.telephony.lock import TOKEN, PortLock
from ivr.telephony.session import GIVEN
from tests.waiting import pause

NOW = 1_795_975_200
CALL = f"ivr-{NOW}.1"
"""The UNIQUEID of calls in tests."""
LOCK = PortLock(
    "the pepper of the tests", "the management password of the tests", now=lambda: NOW + 60.0
)
"""Of the servers that tests ring."""


def header(
    script: str = "call",
    call: str = CALL,
    lock: PortLock = LOCK,
    caller: str = "99365112233",
    /,
    **given: str,
) -> bytes:
    """What Asterisk sends first. ``given`` are arguments of the dialplan; those that are not given
    are empty, and the token is the right one."""
    known = {"uniqueid": call, "channel": "PJSIP/trunk-00000001", "callerid": caller}
    token = lock.token({f"agi_{name}": value for name, value in known.items()})
    arguments = {TOKEN: token} | dict.fromkeys(sorted(GIVEN - {TOKEN}), "") | given
    lines = [
        f"agi_arg_{place}: {name}={value}"
        for place, (name, value) in enumerate(arguments.items(), 1)
    ]
    return _HEADER.format(
        script=script, call=call, caller=caller, arguments="\n".join(lines)
    ).encode()


_HEADER = """agi_network: yes
agi_network_script: {script}
agi_request: agi://127.0.0.1/{script}
agi_channel: PJSIP/trunk-00000001
agi_language: und
agi_type: PJSIP
agi_uniqueid: {call}
agi_version: 22.10.1
agi_callerid: {caller}
agi_calleridname: unknown
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 0890
agi_rdnis: unknown
agi_context: line
agi_extension: s
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode:
agi_threadid: 140062695896768
{arguments}

"""
HEADER = header()
SECONDS = 10.0
SILENCE = 0.01
"""How long a caller keeps still who presses nothing."""
DEAD = "511 Command Not Permitted on a dead channel or intercept routine"
_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


class Hangup(StrEnum):
    """The forms in which Asterisk tells that the caller is gone."""

    MINUS_ONE = "-1, then a line HANGUP before the next reply"
    LINE_FIRST = "a line HANGUP, then the reply"
    LINE_ALONE = "a line HANGUP, then the end of file"
    DEAD = "511"
    END = "end of file"
    HALF = "end of file within a reply"
    RESET = "connection reset"


class FakeAsterisk:
    """Answers AGI commands as Asterisk 22 does. Use as a context manager.

    ``keys`` are the caller's, as FakeTelephone has them: words apart by spaces, pressed when
    something is asked; ``-`` stays silent. After the last word the caller hangs up.
    ``hangs_up_at`` does so at that command, counted from 1. ``server`` is called by TCP; without
    one, ``line`` is the other end.
    """

    def __init__(
        self,
        keys: str = "",
        *,
        hangup: Hangup = Hangup.MINUS_ONE,
        hangs_up_at: int = 0,
        server: tuple[str, int] | None = None,
        header: bytes = HEADER,
    ) -> None:
        if server is None:
            self.line, self._peer = socket.socketpair()
        else:
            self.line = self._peer = socket.create_connection(server, SECONDS)
        self._words = keys.split()
        self._header = header
        self._hangup, self._at = hangup, hangs_up_at
        self._ahead = ""
        self._gone = False
        self._lines = 0
        """Replies since the hang-up."""
        self.commands: list[str] = []
        self.heard: list[str] = []
        self.variables: dict[str, str] = {}
        self.missing: set[str] = set()
        self.ended = threading.Event()
        """Set when the line has closed the connection."""
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> FakeAsterisk:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        self._gone = True
        if self.line is not self._peer:
            self.line.close()
        self._thread.join(SECONDS)
        self._peer.close()
        assert not self._thread.is_alive()

    def press(self, keys: str) -> None:
        """The caller presses keys now, whatever the line does."""
        self._ahead += keys

    def hang_up(self) -> None:
        """The connection ends, whatever the line does."""
        with suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)

    @property
    def has_keys(self) -> bool:
        """Keys were pressed that the line has not taken yet."""
        return bool(self._ahead)

    def _run(self) -> None:
        try:
            self._peer.sendall(self._header)
            for line in self._peer.makefile("r", encoding="utf-8", newline="\n"):
                self.commands.append(line.rstrip("\n"))
                if not self._reply(line.strip()):
                    return
        except OSError:
            return
        finally:
            self.ended.set()

    def _reply(self, line: str) -> bool:
        """Answer one command; False ends the connection."""
        reply = self._run_command(line)
        if len(self.commands) == self._at:
            self._gone = True
        if not self._gone:
            self._send(reply)
            return True
        return self._answer_of_the_gone(line, reply)

    def _answer_of_the_gone(self, line: str, reply: str) -> bool:
        match self._hangup:
            case Hangup.END:
                self._peer.shutdown(socket.SHUT_RDWR)
            case Hangup.HALF:
                self._peer.sendall(b"200 res")
                self._peer.shutdown(socket.SHUT_RDWR)
            case Hangup.LINE_ALONE:
                self._send("HANGUP")
                self._peer.shutdown(socket.SHUT_RDWR)
            case Hangup.RESET:
                linger = struct.pack("ii", 1, 0)
                self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self._peer.close()
            case Hangup.DEAD:
                self._send(reply if _silent(line) else DEAD)
                return True
            case Hangup.LINE_FIRST | Hangup.MINUS_ONE:
                first, self._lines = self._lines == 0, self._lines + 1
                if self._lines == (1 if self._hangup == Hangup.LINE_FIRST else 2):
                    self._send("HANGUP")
                dead = "200 result=-1" if first else DEAD
                self._send(reply if _silent(line) else dead)
                return True
        return False

    def _send(self, line: str) -> None:
        self._peer.sendall(line.encode() + b"\n")

    def _run_command(self, line: str) -> str:
        words = [
            re.sub(r"\\(.)", r"\1", quoted) if quoted or not bare else bare
            for quoted, bare in _ARGUMENT.findall(line)
        ]
        match words:
            case ["STREAM", "FILE", sound, _]:
                return self._play(sound)
            case ["GET", "OPTION", sound, _, _]:
                return self._play(sound, asks=True)
            case ["GET", "FULL", "VARIABLE", expression]:
                value = re.sub(
                    r"\$\{([\w()]+)\}", lambda name: self.variables.get(name[1], ""), expression
                )
                return f"200 result=1 ({value})" if value else "200 result=0"
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                return "200 result=1"
            case ["WAIT", "FOR", "DIGIT", milliseconds]:
                if int(milliseconds) >= 5000:  # a question, not the pause between two keys
                    self._ask()
                key = self._take()
                if not key and not self._gone:
                    pause(min(int(milliseconds), 10) / 1000)
                return f"200 result={ord(key) if key else 0}"
            case ["GET", "DATA", sound, _, most]:
                return self._get_data(sound, int(most))
            case ["CHANNEL", "STATUS"]:
                return "200 result=6"
            case ["NOOP"]:
                return "200 result=0"
        return "510 Invalid or unknown command"

    def _play(self, sound: str, *, asks: bool = False) -> str:
        """Play one sound; with ``asks`` wait for a key after it."""
        if sound in self.missing:
            return "200 result=-1 endpos=0"
        key = self._take()
        if not key:
            self.heard.append(sound)
            if asks:
                self._ask()
                key = self._take()
        return f"200 result={ord(key) if key else 0} endpos=8000"

    def _get_data(self, sound: str, most: int) -> str:
        if sound in self.missing:
            return "200 result=-1"
        self.heard.append(sound)
        self._ask()
        keys = ""
        while len(keys) < most:
            key = self._take()
            if key == "#":
                return f"200 result={keys}"
            if not key:
                return f"200 result={keys} (timeout)"
            keys += key
        return f"200 result={keys}"

    def _ask(self) -> None:
        """Something is asked: the caller presses the next word, or hangs up."""
        if not self._ahead:
            if self._words:
                self._ahead = self._words.pop(0).replace("-", "")
                if not self._ahead:
                    pause(SILENCE)
            else:
                self._gone = True

    def _take(self) -> str:
        key, self._ahead = self._ahead[:1], self._ahead[1:]
        return key


def _silent(line: str) -> bool:
    """Commands that work on a channel that is hung up."""
    return line.startswith(("SET ", "GET FULL", "CHANNEL", "NOOP"))

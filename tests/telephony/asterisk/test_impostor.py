"""A program that answers on the FastAGI port in the line's place: it gets calls, and nothing else.

What it may send is what Asterisk may be told by a fault of the line, too.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import cast

import pytest

from ivr.settings import host_port
from ivr.softphone.exact_matcher import Vocabulary
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings, short_folder
from tests.e2e.line import RunningLine
from tests.e2e.peer import Peer

SECONDS = 20.0
NUMBERS = count(100000)
"""Callers, so that a call is told from the one before."""
TRACE = "{home}/places/trace"
COMMANDS = [
    "EXEC System {touch}",
    "EXEC TrySystem {touch}",
    'GET FULL VARIABLE "${{SHELL({touch})}}"',
    "SET VARIABLE SHELL({touch}) x",
    'EXEC AGI "/bin/touch,{trace}"',
    'EXEC AGI "/usr/bin/env,touch,{trace}"',
    'EXEC AGI "/bin/sh,-c,{touch}"',
    'EXEC AGI "{loader},/bin/touch,{trace}"',
    'EXEC AGI "../../../../../../../../bin/touch,{trace}"',
    'EXEC EAGI "/bin/touch,{trace}"',
    'EXEC DeadAGI "/bin/touch,{trace}"',
    'EXEC ExternalIVR "/bin/touch({trace})"',
    'EXEC Originate "Local/s@say,app,System,{touch}"',
    'EXEC Exec "System({touch})"',
    'EXEC TryExec "System({touch})"',
    'EXEC ExecIf "1?System({touch})"',
    'EXEC MixMonitor "{trace}.wav,,{touch}"',
    'EXEC Record "{trace}.wav,1,1,q"',
    'EXEC Dictate "{home}/places"',
    'EXEC Festival "x"',
    'RECORD FILE {trace} wav "#" 500',
    'SET VARIABLE "FILE({trace})" x',
    'SET VARIABLE "FILE({trace},,,al)" x',
    'EXEC Set "FILE({trace})=x"',
    'EXEC MSet "FILE({trace})=x"',
    'EXEC Playback "/etc/passwd"',
    "SPEECH CREATE x",
]
"""Each would leave a file, or end what comes next."""
VICTIMS = ("secrets/pepper", "asterisk/etc/extensions.conf", "admission/most", "ivr.sqlite")


@dataclass
class Impostor:
    """The connection of one call."""

    connection: socket.socket
    header: str

    def say(self, command: str) -> str:
        """A command; answers Asterisk's whole reply."""
        self.connection.sendall(f"{command}\n".encode())
        reply = self._line()
        if reply.startswith("520-"):
            while not (line := self._line()).startswith("520 "):
                reply += line
        return reply

    def value(self, expression: str) -> str:
        """What a variable or a function has."""
        reply = self.say(f'GET FULL VARIABLE "${{{expression}}}"')
        found = re.search(r"result=1 \((.*)\)$", reply, re.S)
        return found[1] if found else ""

    def _line(self) -> str:
        line = b""
        while not line.endswith(b"\n"):
            piece = self.connection.recv(1)
            assert piece, line
            line += piece
        return line.decode().rstrip()


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    """Asterisk as `ivr up` starts it; nothing of the line runs."""
    folder = short_folder()
    settings = own_settings(folder / "h")
    container = Container(settings)
    for name in ("places", "secrets", "audio"):
        (settings.home / name).mkdir(parents=True)
    settings.secret("pepper")
    (settings.home / "ivr.sqlite").write_text("names and verifiers")
    configuration = render(settings, telephony.programs(container), {})
    (settings.home / "audio" / "short.alaw").write_bytes(b"\xd5" * 2400)
    os.environ["IVR_TRIAL"] = "of our own environment"
    with Asterisk(
        telephony.programs(container).asterisk, configuration, folder / "out"
    ) as asterisk:
        asterisk.wait_ready()
        yield RunningLine(settings, None, container, cast(Vocabulary, None))
    del os.environ["IVR_TRIAL"]


@contextmanager
def in_the_line_s_place(line: RunningLine) -> Iterator[Impostor]:
    """A caller rings; who answers on the port has the call."""
    number = f"99365{next(NUMBERS)}"
    with (
        Peer(line.settings) as peer,
        socket.create_server(host_port(line.settings.agi_bind)) as port,
    ):
        port.settimeout(SECONDS)
        call = peer.invite("0890", {"From": f"<sip:{number}@{peer.host}>;tag=a"})
        assert call.status == 200
        impostor = _accept(port)
        while f"agi_callerid: {number}\n" not in impostor.header:
            # The call before, which came again because nobody had done with it.
            impostor.connection.close()
            impostor = _accept(port)
        with impostor.connection:
            yield impostor
        call.hang_up()


def _accept(port: socket.socket) -> Impostor:
    connection = port.accept()[0]
    connection.settimeout(SECONDS)
    header = ""
    while not header.endswith("\n\n"):
        header += connection.recv(1).decode()
    return Impostor(connection, header)


@pytest.fixture(scope="module")
def words(line: RunningLine) -> dict[str, str]:
    home = line.settings.home
    trace = home / "places" / "trace"
    program = telephony.programs(line.container).asterisk[0]
    return {
        "home": str(home),
        "trace": str(trace),
        "touch": f"touch {trace}",
        "loader": program,
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_starts_a_program_or_leaves_a_file(
    line: RunningLine, words: dict[str, str], command: str
) -> None:
    checkpoints = line.settings.home / "places"
    with in_the_line_s_place(line) as impostor:
        impostor.say(command.format(**words))
        assert is_served(impostor)
    assert list(checkpoints.iterdir()) == []


def test_a_fax_is_received_nowhere_else(line: RunningLine, words: dict[str, str]) -> None:
    with in_the_line_s_place(line) as impostor:
        impostor.connection.sendall(b'EXEC ReceiveFAX "%s"\n' % words["trace"].encode())
    with in_the_line_s_place(line) as impostor:  # that caller has hung up
        assert is_served(impostor)
    assert list((line.settings.home / "places").iterdir()) == []


@pytest.mark.parametrize("name", VICTIMS)
def test_no_file_of_ours_is_written_or_removed(line: RunningLine, name: str) -> None:
    file = line.settings.home / name
    before = file.read_text()
    with in_the_line_s_place(line) as impostor:
        impostor.say(f'SET VARIABLE "FILE({file})" x')
        impostor.say(f'SET VARIABLE "FILE({file},,,al)" x')
        impostor.say(f'SET VARIABLE "FILE({file},0,1)" x')
        impostor.value(f"DELETE({file})")
        impostor.say(f'EXEC Set "FILE({file})=x"')
        assert is_served(impostor)
    assert file.read_text() == before


def test_no_file_of_others_is_read(line: RunningLine) -> None:
    home = line.settings.home
    with in_the_line_s_place(line) as impostor:
        for file in (
            "/etc/passwd",
            "/etc/shadow",
            f"/proc/{os.getpid()}/environ",
            "/proc/self/environ",
            str(Path(__file__)),
            str(home / "secrets" / "pepper"),
            str(home / "ivr.sqlite"),
        ):
            assert impostor.value(f"FILE({file})") == "", file
        assert impostor.value("ENV(IVR_TRIAL)") == ""
        assert is_served(impostor)


def test_what_the_line_and_the_dialplan_do_goes_on(line: RunningLine) -> None:
    home = line.settings.home
    with in_the_line_s_place(line) as impostor:
        assert "agi_request: agi://" in impostor.header
        impostor.say("SET VARIABLE IVR_PLACE node=main")
        assert impostor.value("IVR_PLACE") == "node=main"
        played = impostor.say(f'STREAM FILE {home}/audio/short ""')
        assert played == "200 result=0 endpos=2400"
        impostor.say(f'EXEC Set "FILE({home}/fax/results/1)=told"')
        impostor.say('EXEC Set "DB(rung/1)=1"')
        assert impostor.value("DB(rung/1)") == "1"
        assert impostor.value(f"FILE({home}/admission/most)") == "500"
    assert (home / "fax" / "results" / "1").read_text().strip() == "told"


def is_served(impostor: Impostor) -> bool:
    """Asterisk goes on with the call."""
    return impostor.value("EPOCH").isdecimal()

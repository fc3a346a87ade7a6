"""A supervisor with real worker processes (``tests.supervision.trial``), as a test has it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.supervision.scoreboard import Scoreboard, State
from ivr.system.hardening import die_with_parent
from tests.telephony.scripted import FakeAsterisk
from tests.waiting import until

SECONDS = 60.0
MANY = 40
"""Calls of which at least one must have another worker than the first."""


@dataclass
class Trial:
    """A supervisor in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    mode: Path
    scoreboard: Scoreboard

    @contextmanager
    def ring(self, keys: str = "4") -> Iterator[FakeAsterisk]:
        """A caller who keeps still, or presses ``keys`` in words; hangs up in the end."""
        with FakeAsterisk(keys, server=("127.0.0.1", self.port)) as asterisk:
            try:
                yield asterisk
            finally:
                asterisk.hang_up()

    def serves(self) -> int:
        """The pid of a worker that answers a call to its end; 0 if none does."""
        with self.ring("1") as asterisk:
            assert asterisk.ended.wait(SECONDS)
        return int(asterisk.variables.get("WORKER", 0)) if "IVR_DONE" in asterisk.variables else 0

    def said(self) -> str:
        """The next line that it tells."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    @property
    def states(self) -> list[State]:
        return sorted(slot.state for slot in self.scoreboard.slots if slot.state)

    @property
    def workers(self) -> set[int]:
        file = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, file.read_text().split()))

    def until_whole(self, workers: int) -> None:
        states = sorted([State.READY, *[State.SERVING] * workers])
        until(lambda: self.states == states)


@contextmanager
def started(folder: Path, workers: int, drain: float = 0.0, mode: str = "") -> Iterator[Trial]:
    file = folder / "mode"
    file.write_text(mode)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.supervision.trial", str(workers), str(drain)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "TRIAL": str(file)},
            preexec_fn=die_with_parent,
        )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with process:
        until(lambda: _scoreboard_of(process.pid))
        scoreboard = _scoreboard_of(process.pid)
        assert scoreboard
        try:
            yield Trial(process, port, file, scoreboard)
        finally:
            process.terminate()


@contextmanager
def activated(folder: Path, listener: socket.socket) -> Iterator[Iterator[str]]:
    """A supervisor with a socket as systemd gives it; answers what it says."""
    start = f"""
import os
os.dup2({listener.fileno()}, 3)
os.environ |= {{"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}}
os.execl({sys.executable!r}, {sys.executable!r}, "-m", "tests.supervision.trial", "1", "0")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", start],
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[listener.fileno()],
        env={
            **os.environ,
            "TRIAL": str(folder / "mode"),
            "BIND": "{}:{}".format(*listener.getsockname()),
        },
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    with process:
        yield process.stdout
        process.terminate()
        assert process.wait(SECONDS) == 0


def _scoreboard_of(pid: int) -> Scoreboard | None:
    for file in Path(f"/proc/{pid}/fd").iterdir():
        if "scoreboard" in os.readlink(file) and file.stat().st_size:  # made, and given its size
            scoreboard = Scoreboard.inherited(os.open(file, os.O_RDWR))
            scoreboard.close()
            return scoreboard
    return None


def first_worker(asterisk: FakeAsterisk) -> int:
    until(lambda: "WORKER" in asterisk.variables)
    return int(asterisk.variables["WORKER"])

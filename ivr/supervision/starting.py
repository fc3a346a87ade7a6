"""Starts an ``ivr`` command: as a new program, or as a fork of this process.

A fork has all modules that its parent has loaded: it starts fast and shares their memory. ``ivr
up`` forks its children while it has one thread and no database connection; they fork theirs in the
same way. Everything else is started as a program.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol

from ivr.system.hardening import die_with_parent

IVR = (sys.executable, "-m", "ivr")
"""Beginning of the argument list; the words of the command follow."""
PR_SET_NAME = 15
"""prctl(2): the process name that ``ps`` and ``top`` show."""
_FORK = multiprocessing.get_context("fork")
_is_fork = False


class Started(Protocol):
    """A started process; the interface of ``subprocess.Popen``."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def send_signal(self, sig: int) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


def start(
    command: Sequence[str], environment: Mapping[str, str], files: Sequence[int] = ()
) -> Started:
    """Start a command with these variables and open files; a fork starts it as a fork."""
    if _is_fork and tuple(command[: len(IVR)]) == IVR:
        return Fork(command, environment)
    return subprocess.Popen(command, env=environment, pass_fds=tuple(files))


class Fork:
    """Runs an ``ivr`` command in a fork of this process, which must have only one thread."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, is_apart: bool = False
    ) -> None:
        """``is_apart``: it has its own session, and ends when this process ends."""
        words = tuple(command[len(IVR) :])
        self._process = _FORK.Process(target=_run, args=(words, dict(environment), is_apart))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            raise subprocess.TimeoutExpired("ivr", timeout or 0.0)
        return status


def _run(words: tuple[str, ...], environment: dict[str, str], is_apart: bool) -> None:
    """Set up the forked process like a new interpreter and run the command."""
    global _is_fork
    _is_fork = True
    if is_apart:
        os.setsid()
        die_with_parent()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ctypes.CDLL(None).prctl(PR_SET_NAME, " ".join(("ivr", *words)).encode())
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["ivr", *words]
    import_module("ivr.__main__").main()

"""One process that ``ivr up`` starts, watches and ends, as systemd does in production."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence

from ivr.errors import Unusable
from ivr.supervision.starting import Fork, Started
from ivr.supervision.systemd import OWN
from ivr.system.hardening import die_with_parent

END_SECONDS = 10.0
"""Time that the process has to end before it is killed."""
MOST_READ = 4096
"""Longest sd_notify(3) message in bytes."""


class Child:
    """Runs ``command`` with additional variables. It ends when its parent process ends."""

    def __init__(
        self, name: str, command: Sequence[str], variables: Mapping[str, str] | None = None
    ) -> None:
        self.name, self._command = name, tuple(command)
        self._variables = variables or {}
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._told.bind("")  # the kernel chooses an abstract name (unix(7))
        self._process: Started | None = None
        self._is_ready = False

    def fork(self) -> None:
        """Start it as a fork. This process must have one thread and no open connection."""
        self._process = Fork(self._command, self._environment(), is_apart=True)

    def start_again(self) -> None:
        """Start it as a program. Call this from the main thread: it ends when that thread ends."""
        self.is_ready()  # discard messages of the previous process
        self._is_ready = False
        self._process = subprocess.Popen(
            self._command,
            env=self._environment(),
            start_new_session=True,  # Ctrl-C goes to the parent only, which ends all in order
            preexec_fn=die_with_parent,
        )

    def _environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name not in OWN}
        environment["NOTIFY_SOCKET"] = "@" + self._told.getsockname()[1:].decode()
        return environment | dict(self._variables)

    def is_ready(self) -> bool:
        """Whether it has sent READY=1 (sd_notify(3))."""
        try:
            while message := self._told.recv(MOST_READ):
                self._is_ready = self._is_ready or b"READY=1" in message.split(b"\n")
        except BlockingIOError:
            pass
        return self._is_ready

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def check_running(self) -> None:
        """Raise Unusable if a signal ended it, SystemExit if it ended and has printed why."""
        status = None if self._process is None else self._process.poll()
        if status is None:
            return
        if status < 0:
            raise Unusable(f"{self.name} was ended by {signal.Signals(-status).name}")
        raise SystemExit(status or 1)

    def end(self) -> None:
        """Send SIGTERM."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until it has ended; kill it after END_SECONDS."""
        if self._process is not None:
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._told.close()

    def kill(self) -> None:
        """Kill it. It has ended when this returns."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

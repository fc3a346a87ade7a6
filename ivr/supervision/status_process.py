"""The process beside the workers that serves health and metrics. It takes no calls.

So no call waits for this work. When the process ends it is started again; requests meanwhile wait
in the listening socket.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Sequence

import structlog

from ivr.supervision.starting import Started, start
from ivr.supervision.systemd import OWN
from ivr.supervision.worker import BOARD, LISTENER, PARENT

log = structlog.get_logger()

PAUSE_SECONDS = 2.0
"""Shortest time between two starts."""
END_SECONDS = 10.0


class StatusProcess:
    """Runs ``command`` with a listening socket and the workers' scoreboard."""

    def __init__(self, command: Sequence[str], listener: socket.socket) -> None:
        self._command, self._listener = tuple(command), listener
        self._process: Started | None = None
        self._started = -PAUSE_SECONDS

    @property
    def is_there(self) -> bool:
        """Whether the process ran at the last ``look``."""
        return self._process is not None

    def look(self, scoreboard: int) -> None:
        """Start the process if it does not run; ``scoreboard`` is a file descriptor."""
        status = None if self._process is None else self._process.poll()
        if status is not None:
            log.warning("the health process has ended", status=status)
            self._process = None
        if self._process is not None or time.monotonic() - self._started < PAUSE_SECONDS:
            return
        files = {LISTENER: self._listener.fileno(), BOARD: scoreboard}
        environment = {name: value for name, value in os.environ.items() if name not in OWN}
        environment |= {name: str(file) for name, file in files.items()}
        environment[PARENT] = str(os.getpid())
        self._process = start(self._command, environment, tuple(files.values()))
        self._started = time.monotonic()

    def renew(self) -> None:
        """End the process, so that the next ``look`` starts it again."""
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        self._listener.close()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

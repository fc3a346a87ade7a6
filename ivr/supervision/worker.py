"""One worker process, seen from its supervisor."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from ivr.supervision.scoreboard import Slot, State
from ivr.supervision.starting import start
from ivr.supervision.systemd import OWN

SLOT, LISTENER, BOARD, PARENT = (
    "IVR_WORKER_SLOT",
    "IVR_WORKER_LISTENER",
    "IVR_WORKER_BOARD",
    "IVR_WORKER_PARENT",
)
"""Environment of a worker: its slot's number, two inherited files, its supervisor's pid."""
GO = signal.SIGUSR1
"""Signal that makes a ready worker take calls."""
QUIET_LOOKS = 2
"""Looks without a heartbeat after which the processor time is noted: one such look is usual."""
PATIENCE_LOOKS = 5
"""Looks without a heartbeat after which a worker hangs if it has also used no processor time."""
LONGEST_LOOKS = 8
"""The same for a worker that uses processor time: a busy machine, or an endless loop."""
START_SECONDS = 110.0
"""Time that a worker has to become ready: less than systemd's start timeout of the line."""
ENDING_SECONDS = 20.0
"""Time that a worker has to end after the drain time of its calls."""
BEATING = (State.READY, State.SERVING, State.DRAINING)
CPU_TIMES = slice(11, 13)
"""utime and stime in /proc/PID/stat, after the name in parentheses (proc_pid_stat(5))."""


class Worker:
    """Starts a process for a slot of the scoreboard."""

    def __init__(
        self, command: Sequence[str], number: int, slot: Slot, listener: int, scoreboard: int
    ) -> None:
        self.number, self.slot = number, slot
        slot.clear()
        slot.state = State.STARTING
        environment = {name: value for name, value in os.environ.items() if name not in OWN}
        environment |= {
            SLOT: str(number),
            LISTENER: str(listener),
            BOARD: str(scoreboard),
            PARENT: str(os.getpid()),
        }
        self._process = start(command, environment, (listener, scoreboard))
        self.born = time.monotonic()
        self.hung = False
        self._told: float | None = None
        """When it was told to end."""
        self._went = False
        self._beat, self._looks, self._worked = 0, 0, 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_served(self) -> bool:
        return self.slot.state in (State.SERVING, State.DRAINING, State.ENDING)

    @property
    def is_told(self) -> bool:
        """Whether it was told to end."""
        return self._told is not None

    @property
    def is_employed(self) -> bool:
        """Whether it was told to take calls, and not to end."""
        return self._went and not self.is_told

    @property
    def is_ready(self) -> bool:
        """Whether it waits for GO."""
        return self.slot.state is State.READY and not self._went and not self.is_told

    def ended(self) -> int | None:
        """Return its exit status, or minus the signal that ended it; None: it runs."""
        return self._process.poll()

    def go(self) -> None:
        """Make it take calls."""
        self._went = True
        self._process.send_signal(GO)

    def end(self) -> None:
        """Make it take no new calls and end after the last one."""
        if self._told is not None:
            return
        self._told = time.monotonic()
        if self.slot.state is State.STARTING:
            self.kill()  # it does not handle signals yet
        else:
            self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def is_late(self, now: float, drain_seconds: float) -> bool:
        """Whether its start or end takes too long."""
        if self._told is not None:
            return now - self._told > drain_seconds + ENDING_SECONDS
        return self.slot.state is State.STARTING and now - self.born > START_SECONDS

    def look(self) -> bool:
        """Whether it hangs. Call this at even intervals.

        It counts looks, not seconds: on an overloaded machine the supervisor looks less often too.
        """
        beat = self.slot.beaten
        if beat != self._beat or self.slot.state not in BEATING:
            self._beat, self._looks = beat, 0
            return False
        self._looks += 1
        if self._looks == QUIET_LOOKS:
            self._worked = self._cpu_time()
        if self._looks < PATIENCE_LOOKS:
            return False
        return self._looks >= LONGEST_LOOKS or self._cpu_time() == self._worked

    def _cpu_time(self) -> int:
        """Return its processor time in ticks."""
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                figures = file.read().rpartition(b")")[2].split()[CPU_TIMES]
        except OSError:
            return 0
        return sum(map(int, figures))

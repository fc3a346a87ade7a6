"""The supervisor keeps a number of workers that take calls, and one more as a ready spare.

Its single thread checks the workers' heartbeats five times a second, and acts when one is missing.
It acts at once when a worker ends or a signal comes: SIGHUP replaces the workers one by one,
SIGTERM and SIGINT end all of them.
"""

from __future__ import annotations

import signal
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from ivr.supervision.scoreboard import Replaced, Scoreboard
from ivr.supervision.signals import TIMER, wait_for
from ivr.supervision.status_process import StatusProcess
from ivr.supervision.systemd import Systemd
from ivr.supervision.worker import Worker

log = structlog.get_logger()

SIGNALS = frozenset({signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM, signal.SIGINT})
LOOK_SECONDS = 0.2
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0)
"""Seconds before the next start, by the number of workers that ended soon after their start."""
LONG_SECONDS = 10.0
"""A worker that ended later than this did not fail at its start."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER (socket(7)): close with a reset, by which the dialplan sees that no call is taken."""
UNSERVED_SECONDS = 1.5
"""How long calls wait for a worker before they go back to the dialplan."""
FIRST_SECONDS = 5.0
"""The same while the line starts: interpreters need more time to load."""


class Supervisor:
    """Runs ``workers`` processes of ``command`` that share a listening socket."""

    def __init__(
        self,
        listener: socket.socket,
        workers: int,
        command: Sequence[str],
        drain_seconds: float,
        *,
        is_ours: bool = True,
        systemd: Systemd | None = None,
        status_process: StatusProcess | None = None,
        tell: Callable[[str], None] = log.info,
    ) -> None:
        """``is_ours``: no other process keeps the socket open; ``tell`` prints to the operator."""
        self._listener, self._count, self._command = listener, workers, tuple(command)
        self._drain, self._is_ours, self._tell = drain_seconds, is_ours, tell
        self._systemd = systemd or Systemd({})
        self._status_process = status_process
        # Old and new workers, a spare of each, and one that is slow to end.
        self.scoreboard = Scoreboard(2 * workers + 3)
        self._workers: list[Worker] = []
        self._old: set[Worker] = set()
        """Workers that are still to be replaced."""
        self._failures, self._next_start, self._next_look = 0, 0.0, 0.0
        self._served = time.monotonic()
        """When a worker was last seen serving."""
        self._is_up = self._is_ending = self._has_failed = False

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; return the exit status: 1 if no worker ever served."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {*SIGNALS, TIMER})
        try:
            while not (self._is_ending and not self._workers):
                self._turn()
        finally:
            for worker in self._workers:
                worker.kill()
            if self._status_process is not None:
                self._status_process.end()
            self.scoreboard.close()
        return 1 if self._has_failed else 0

    def _turn(self) -> None:
        told = wait_for(SIGNALS, self._next_look - time.monotonic())
        match told:
            case signal.SIGHUP if self._is_up and not self._is_ending:
                self._begin_roll()
            case signal.SIGTERM | signal.SIGINT:
                self._end()
        self._look()
        self._systemd.alive()
        if told is not None or not self._is_complete:
            self._tend()

    @property
    def _is_complete(self) -> bool:
        """Whether all processes run: nothing to do until a signal reports that one has ended."""
        return (
            self._is_up
            and not self._old
            and len(self._workers) == self._count + 1
            and self.scoreboard.serving == self._count
            and (self._status_process is None or self._status_process.is_there)
        )

    def _tend(self) -> None:
        """Act on the states of the workers."""
        self._reap()
        if not self._is_ending:
            self._employ()
            self._roll()
            self._start()
        self._rescue()
        if self._status_process is not None:
            self._status_process.look(self.scoreboard.file)

    # Workers that have ended or hang.

    def _reap(self) -> None:
        for worker in [each for each in self._workers if each.ended() is not None]:
            self._workers.remove(worker)
            is_new, served, calls = worker not in self._old, worker.has_served, worker.slot.calls
            self._old.discard(worker)
            worker.slot.clear()
            if worker.is_told:
                continue
            status = worker.ended()
            log.error("a worker has ended", worker=worker.number, status=status, calls=calls)
            self.scoreboard.count(Replaced.HUNG if worker.hung else Replaced.KILLED)
            if not self._is_up:
                self._has_failed = True  # the worker has printed why
                self._end()
            elif self._old and is_new and not served:
                self._old.clear()
                self._tell("the replacement of workers is abandoned: a new worker does not start")
                self._systemd.ready()
            self._pause(worker)

    def _pause(self, worker: Worker) -> None:
        if time.monotonic() - worker.born >= LONG_SECONDS:
            self._failures = 0
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        if pause:
            log.error("workers end soon after their start", next_start_in=pause)
        self._next_start = max(self._next_start, time.monotonic() + pause)

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        if self.scoreboard.serving:
            self._served = now
        for worker in self._workers:
            worker.hung = worker.look()
            if worker.hung or worker.is_late(now, self._drain):
                state, calls = worker.slot.state.name, worker.slot.calls
                log.error("a worker hangs", worker=worker.number, state=state, calls=calls)
                if not self._is_up:
                    self._tell("no worker was ready in time")
                worker.kill()

    # Workers that take calls, and new workers.

    def _employ(self) -> None:
        """Let ready workers take calls while there are too few, new ones first."""
        ready = sorted(
            (each for each in self._workers if each.is_ready), key=lambda each: each in self._old
        )
        for worker in ready[: max(0, self._count - self._employed)]:
            worker.go()
        if not self._is_up and self.scoreboard.serving:
            self._is_up = True
            self._systemd.ready()
            self._tell("taking calls")

    @property
    def _employed(self) -> int:
        return sum(worker.is_employed for worker in self._workers)

    def _start(self) -> None:
        """Start a worker if one is missing; once the line is up, also the spare."""
        staff = [worker for worker in self._workers if not worker.is_told]
        if self._old:
            has_next = any(not each.is_employed for each in staff if each not in self._old)
            is_enough = has_next and len(staff) > self._count
        else:
            is_enough = len(staff) >= self._count + self._is_up
        if is_enough or time.monotonic() < self._next_start:
            return
        taken = {worker.number for worker in self._workers}
        for number, slot in enumerate(self.scoreboard.slots):
            if number not in taken:
                files = (self._listener.fileno(), self.scoreboard.file)
                try:
                    self._workers.append(Worker(self._command, number, slot, *files))
                except OSError as error:  # the system has no memory or no process for it now
                    log.error("no worker can be started", reason=str(error))
                    slot.clear()
                    self._next_start = time.monotonic() + PAUSES[2]
                return

    # Replacement of all workers, one by one.

    def _begin_roll(self) -> None:
        self._old = {worker for worker in self._workers if not worker.is_told}
        log.info("the workers are replaced", workers=len(self._old))
        self._systemd.reloading()

    def _roll(self) -> None:
        """Let a new worker that is ready take calls; then end an old one."""
        if not self._old:
            return
        old = [worker for worker in self._old if worker.is_employed]
        ready = [each for each in self._workers if each.is_ready and each not in self._old]
        if self.scoreboard.serving > self._count and old:
            self._replace(old[0])
        elif ready and old and self._employed == self._count:
            ready[0].go()
        elif ready and not old:
            for spare in tuple(self._old):
                self._replace(spare)
            log.info("all workers are replaced")
            if self._status_process is not None:
                self._status_process.renew()
            self._systemd.ready()

    def _replace(self, worker: Worker) -> None:
        self._old.discard(worker)
        self.scoreboard.count(Replaced.ROLLING)
        worker.end()

    # No worker serves; the end.

    def _rescue(self) -> None:
        """Reset waiting connections when no worker serves: the dialplan then tells the callers."""
        now = time.monotonic()
        if self.scoreboard.serving:
            self._served = now
            return
        patience = UNSERVED_SECONDS if self._is_up else FIRST_SECONDS
        if now - self._served > patience and self._listener.fileno() >= 0:
            turned_away = 0
            with suppress(OSError):  # BlockingIOError: no more are waiting
                while True:
                    with self._listener.accept()[0] as call:
                        call.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    turned_away += 1
            if turned_away:
                log.error("no worker is ready: calls go to the dialplan", calls=turned_away)

    def _end(self) -> None:
        if self._is_ending:
            return
        self._is_ending = True
        self._systemd.stopping()
        if self._is_ours:
            self._listener.close()
        for worker in self._workers:
            worker.end()

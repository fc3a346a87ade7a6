"""A worker's own side: the resources from its supervisor, and the supervisor's signals."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from ivr.supervision.scoreboard import Scoreboard, Slot, State
from ivr.supervision.signals import TIMER, wait_for
from ivr.supervision.worker import BOARD, GO, LISTENER, PARENT, SLOT

log = structlog.get_logger()

ENDS = frozenset({signal.SIGINT, signal.SIGTERM})
SIGNALS = ENDS | {GO}
EXHAUSTED = 70
"""Exit status of a worker that has no threads or memory for calls (EX_SOFTWARE)."""
BEAT_SECONDS = 0.25


@dataclass(frozen=True)
class WorkerProcess:
    """A worker's slot, the scoreboard of all workers, and their shared socket."""

    listener: socket.socket
    scoreboard: Scoreboard
    slot: Slot

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> WorkerProcess:
        """Read the supervisor's variables and block the signals that it sends.

        Exit with status 0 if the supervisor has already ended.
        """
        signal.pthread_sigmask(signal.SIG_SETMASK, {*SIGNALS, TIMER})  # before any other thread
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # only the supervisor handles it
        listener = socket.socket(fileno=int(environment[LISTENER]))
        listener.set_inheritable(False)
        listener.setblocking(False)
        scoreboard = Scoreboard.inherited(int(environment[BOARD]))
        scoreboard.close()
        if os.getppid() != int(environment[PARENT]):
            sys.exit(0)
        return cls(listener, scoreboard, scoreboard.slots[int(environment[SLOT])])

    def wait_for_work(self) -> bool:
        """Report READY and wait for GO; False: the worker must end."""
        self.slot.beat()
        self.slot.state = State.READY
        while (told := wait_for(SIGNALS, BEAT_SECONDS)) is None:
            self.slot.beat()
        if told == GO:
            return True
        self.slot.state = State.ENDING
        return False

    def wait_for_end(self) -> None:
        """Wait until the worker must take no more calls."""
        signal.sigwait(ENDS)

    def exhausted(self, reason: str) -> None:
        """End this process for lack of threads or memory; other workers resume its calls."""
        try:
            log.critical("the worker ends itself", reason=reason, calls=self.slot.calls)
            for handler in logging.getLogger().handlers:
                handler.flush()
        finally:
            os._exit(EXHAUSTED)

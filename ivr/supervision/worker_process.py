"""The worker's own side: what its supervisor gave it, and how it is told things."""

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
"""Exit status of a worker that can serve nobody any more (EX_SOFTWARE)."""
BEAT_SECONDS = 0.25


@dataclass(frozen=True)
class WorkerProcess:
    """Where a worker stands: its slot, the board of all, the socket that they share."""

    listener: socket.socket
    board: Scoreboard
    slot: Slot

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> WorkerProcess:
        """Take the post that the supervisor made; what it is told by signal waits from now on.

        A worker whose supervisor is gone already ends.
        """
        signal.pthread_sigmask(signal.SIG_SETMASK, {*SIGNALS, TIMER})  # before another thread
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it is for the supervisor
        listener = socket.socket(fileno=int(environment[LISTENER]))
        listener.set_inheritable(False)
        listener.setblocking(False)
        board = Scoreboard.inherited(int(environment[BOARD]))
        board.close()
        if os.getppid() != int(environment[PARENT]):
            sys.exit(0)
        return cls(listener, board, board.slots[int(environment[SLOT])])

    def wait_for_work(self) -> bool:
        """Say that all is ready, and wait until calls are to be taken; False: the end is."""
        self.slot.beat()
        self.slot.state = State.READY
        while (told := wait_for(SIGNALS, BEAT_SECONDS)) is None:
            self.slot.beat()
        if told == GO:
            return True
        self.slot.state = State.ENDING
        return False

    def wait_for_end(self) -> None:
        """Until it is told to take no more calls."""
        signal.sigwait(ENDS)

    def exhausted(self, reason: str) -> None:
        """No thread or no memory: others take the calls over when this process is gone."""
        try:
            log.critical("the worker ends itself", reason=reason, calls=self.slot.calls)
            for handler in logging.getLogger().handlers:
                handler.flush()
        finally:
            os._exit(EXHAUSTED)

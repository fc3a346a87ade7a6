"""Waiting for a signal, or for so long."""

from __future__ import annotations

import signal
from collections.abc import Set

TIMER = signal.SIGALRM
"""Says that the time is over; to be blocked, like all that is waited for."""
LEAST_SECONDS = 0.001
"""A timer of none would never go off."""


def wait_for(signals: Set[signal.Signals], seconds: float) -> int | None:
    """The one of ``signals`` that has come; None after ``seconds``, now and then sooner.

    Not by ``signal.sigtimedwait``: in a process that was stopped or frozen, and goes on when the
    time is over, it answers whatever was in memory (CPython 3.11 to 3.13, ``signalmodule.c``: it
    leaves its loop at a negative rest of time as if a signal had come).
    """
    signal.setitimer(signal.ITIMER_REAL, max(seconds, LEAST_SECONDS))
    told = signal.sigwaitinfo({*signals, TIMER}).si_signo
    return None if told == TIMER else told

"""Waits for a signal with a timeout."""

from __future__ import annotations

import signal
from collections.abc import Set

TIMER = signal.SIGALRM
"""Signal of the timeout. It must be blocked, like all signals that are waited for."""
LEAST_SECONDS = 0.001
"""Shortest timeout: a timer of 0 would never fire."""


def wait_for(signals: Set[signal.Signals], seconds: float) -> int | None:
    """Wait for one of ``signals`` and return it; None after ``seconds``, sometimes earlier.

    ``signal.sigtimedwait`` is not used: in a process that was stopped or frozen and goes on after
    the timeout, it returns uninitialised memory (CPython 3.11 to 3.13, ``signalmodule.c``: at a
    negative remaining time it leaves its loop as if a signal had come).
    """
    signal.setitimer(signal.ITIMER_REAL, max(seconds, LEAST_SECONDS))
    told = signal.sigwaitinfo({*signals, TIMER}).si_signo
    return None if told == TIMER else told

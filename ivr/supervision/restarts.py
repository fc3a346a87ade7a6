"""Restarts a process that has ended by itself, with growing pauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger()

MOST_ENDS, WITHIN = 5, 60.0
"""After so many ends within so many seconds a restart does not help."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a restart; doubled with each end within WITHIN."""


class Restartable(Protocol):
    """A process that can be restarted."""

    def running(self) -> bool: ...

    def check_running(self) -> None:
        """Raise Unusable if it ended by itself."""
        ...

    def start_again(self) -> None: ...


class Restarts:
    """Watches and restarts one process. Use it in the thread that started the process."""

    def __init__(
        self,
        name: str,
        process: Restartable,
        say: Callable[[str], None],
        *,
        is_given_up: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``say`` prints one sentence. ``is_given_up``: give up after MOST_ENDS within WITHIN."""
        self._name, self._process, self._say = name, process, say
        self._is_given_up, self._now = is_given_up, now
        self._ends: list[float] = []
        self._due: float | None = None
        """When to start it; None: it runs."""

    def look(self) -> None:
        """Start the process if it has ended and its pause is over. Call this regularly.

        Unusable: it has ended too often.
        """
        now = self._now()
        if self._due is not None:
            if now >= self._due:
                self._due = None
                self._process.start_again()
            return
        if self._process.running():
            return
        self._ends = [end for end in self._ends if now - end < WITHIN] + [now]
        if self._is_given_up and len(self._ends) >= MOST_ENDS:
            self._process.check_running()
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (len(self._ends) - 1))
        self._due = now + pause
        log.error("a process has ended and is restarted", process=self._name, seconds=pause)
        self._say(f"{self._name} ended by itself: it is started again in {pause:g} s")

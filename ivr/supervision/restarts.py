"""Starts a process again that has ended by itself, with growing pauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger()

MOST_ENDS, WITHIN = 5, 60.0
"""So many ends in so many seconds are a fault that starting does not mend."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before it is started again; doubled with each end in WITHIN."""


class Restartable(Protocol):
    """A process, seen from here."""

    def running(self) -> bool: ...

    def check_running(self) -> None:
        """Unusable if it ended by itself."""
        ...

    def start_again(self) -> None: ...


class Restarts:
    """Looks after one process, from the thread that started it."""

    def __init__(
        self,
        name: str,
        process: Restartable,
        say: Callable[[str], None],
        *,
        is_given_up: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``say`` tells people in one sentence. ``is_given_up``: after MOST_ENDS within WITHIN."""
        self._name, self._process, self._say = name, process, say
        self._is_given_up, self._now = is_given_up, now
        self._ends: list[float] = []
        self._due: float | None = None
        """When it is to be started; None: it runs."""

    def look(self) -> None:
        """Start it if it has ended and its pause is over. Call this again and again.

        Unusable: it is given up.
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
        log.error("a process has ended and is started again", process=self._name, seconds=pause)
        self._say(f"{self._name} ended by itself: it is started again in {pause:g} s")

"""An Asterisk that ends by itself is started again; one that ends again and again is given up.

Its calls are lost with it. The line and its management link find the new one by themselves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger()

MOST_ENDS, WITHIN = 5, 60.0
"""So many ends in so many seconds are a fault that starting does not mend."""
FIRST_PAUSE = 0.5
"""Seconds before it is started again; doubled with each end in WITHIN."""


class Revivable(Protocol):
    """An Asterisk, seen from here."""

    def running(self) -> bool: ...

    def check_running(self) -> None:
        """Unusable if it ended by itself."""
        ...

    def start_again(self) -> None: ...


class Revival:
    """Looks after one Asterisk, from the thread that started it."""

    def __init__(
        self,
        asterisk: Revivable,
        say: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``say`` tells people in one sentence."""
        self._asterisk = asterisk
        self._say, self._now = say, now
        self._ends: list[float] = []

    def look(self, stop: threading.Event) -> None:
        """Start it again if it has ended. Unusable, with the place of its log, when that does not
        help. ``stop`` ends the pause before it."""
        if self._asterisk.running():
            return
        now = self._now()
        self._ends = [end for end in self._ends if now - end < WITHIN] + [now]
        if len(self._ends) >= MOST_ENDS:
            self._asterisk.check_running()
        pause = FIRST_PAUSE * 2 ** (len(self._ends) - 1)
        log.error("Asterisk ended by itself and is started again", seconds=pause)
        self._say(f"Asterisk ended by itself: it is started again in {pause:g} s")
        if not stop.wait(pause):
            self._asterisk.start_again()

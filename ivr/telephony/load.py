"""The machine: when it is too busy, new calls are sent away, so that those inside feel nothing."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable

LOOK_SECONDS = 0.25
WINDOW_SECONDS = 2.0
"""How long it must have been busy: a moment's work is no overload."""
RELIEF = 10.0
"""Percent under the bound at which new calls are taken again."""
IDLE = slice(3, 5)
"""Of the figures in /proc/stat: idle, and waiting for a disk (proc_stat(5))."""

Ticks = tuple[int, int]
"""What the processors have had since the start: all of it, and what was work."""


def processor_ticks() -> Ticks:
    """Of all processors of the machine together, from /proc/stat."""
    file = os.open("/proc/stat", os.O_RDONLY)
    try:
        line = os.read(file, 512).partition(b"\n")[0]
    finally:
        os.close(file)
    # user nice system idle iowait irq softirq steal; guests are in user already
    figures = [int(figure) for figure in line.split()[1:9]]
    return sum(figures), sum(figures) - sum(figures[IDLE])


class Load:
    """Whether new calls are to be sent away. Used by one thread."""

    def __init__(
        self,
        most: float,
        ticks: Callable[[], Ticks] = processor_ticks,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``most`` is percent of the whole machine; 0: never."""
        self._most, self._ticks, self._now = most, ticks, now
        self._seen: deque[tuple[float, Ticks]] = deque()
        self._next = 0.0
        self.shedding = False

    def look(self) -> None:
        """To be called often; looks four times a second."""
        if not self._most or (now := self._now()) < self._next:
            return
        self._next = now + LOOK_SECONDS
        self._seen.append((now, self._ticks()))
        while len(self._seen) > 1 and self._seen[1][0] <= now - WINDOW_SECONDS:
            self._seen.popleft()
        begun, (all_then, work_then) = self._seen[0]
        all_now, work_now = self._seen[-1][1]
        if now - begun < WINDOW_SECONDS or all_now == all_then:
            return
        percent = 100.0 * (work_now - work_then) / (all_now - all_then)
        self.shedding = percent >= (self._most - RELIEF if self.shedding else self._most)

"""The machine: while it is too busy, fewer calls are let in, so that those inside feel nothing."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable

LOOK_SECONDS = 0.25
WINDOW_SECONDS = 1.0
"""Over which the machine's work is told: a moment's work is no overload."""
RELIEF = 5.0
"""Percent under the bound at which more calls are let in again."""
GROWTH = 1 / 32
"""By this share more are let in again at a look: too many at once would close the line again."""
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
    """How busy the machine is. Used by one thread."""

    def __init__(
        self,
        ticks: Callable[[], Ticks] = processor_ticks,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ticks, self._now = ticks, now
        self._seen: deque[tuple[float, Ticks]] = deque()
        self._next = 0.0
        self.percent = 0.0
        """Of the whole machine, over the last second; 0 until one has passed."""

    def look(self) -> None:
        """To be called often; looks four times a second."""
        if (now := self._now()) < self._next:
            return
        self._next = now + LOOK_SECONDS
        self._seen.append((now, self._ticks()))
        while len(self._seen) > 1 and self._seen[1][0] <= now - WINDOW_SECONDS:
            self._seen.popleft()
        begun, (all_then, work_then) = self._seen[0]
        all_now, work_now = self._seen[-1][1]
        if now - begun >= WINDOW_SECONDS and all_now > all_then:
            self.percent = 100.0 * (work_now - work_then) / (all_now - all_then)


class Admission:
    """How many calls are let in. Used by one thread.

    While the machine is busier than its bound: the calls that there are, less in proportion. So the
    line finds by itself how many it can hold, whatever else the machine has to do.
    """

    def __init__(self, most_calls: int, shed_cpu: float, load: Load | None = None) -> None:
        """``shed_cpu`` is percent of the whole machine; 0: ``most_calls``, however busy it is."""
        self._most_calls, self._shed_cpu = most_calls, shed_cpu
        self._load = load or Load()
        self.most = most_calls
        """Calls at once."""

    def look(self, calls: Callable[[], int]) -> None:
        """To be called twice a second; ``calls`` counts those that there are."""
        if not self._shed_cpu:
            return
        self._load.look()
        percent = self._load.percent
        if percent > self._shed_cpu:
            self.most = min(self.most, int(calls() * self._shed_cpu / percent))
        elif percent < self._shed_cpu - RELIEF and self.most < self._most_calls:
            self.most = min(self._most_calls, self.most + max(2, int(self.most * GROWTH)))

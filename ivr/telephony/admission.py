"""Admission control: how many calls Asterisk lets in at once.

The dialplan counts calls (``GROUP_COUNT``) and compares them with a bound that it reads from a
file. The bound is lower while the line makes the processors too busy. Other programs on the machine
do not close the line: the load is the line's own work as a share of what they leave to it. A
quarter of the configured bound is always let in.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.telephony.ami import AmiLink
from ivr.telephony.processors import Spent

LOOK_SECONDS = 0.25
WINDOW_SECONDS = 1.0
"""Interval over which the load is measured: a short peak is no overload."""
RELIEF = 5.0
"""Percent below ``shed_cpu`` at which the bound rises again."""
GROWTH = 1 / 32
"""Share by which the bound rises at each look. A faster rise would overload the line again."""
FLOOR = 4
"""Divisor: the bound never falls below a fourth of the configured one."""
FAIR = 0.5
"""Share of the machine that always counts as available to the line: the kernel shares the
processors evenly, so that other programs that want all of them leave us half."""


class Load:
    """Measures how busy the line is. Used by one thread."""

    def __init__(
        self,
        spent: Callable[[], Spent],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spent, self._now = spent, now
        self._seen: deque[tuple[float, Spent]] = deque()
        self._next = 0.0
        self.percent = 0.0
        """The line's own work as a share of what other programs leave to it, over the last second;
        0 during the first second."""

    def look(self) -> None:
        """Measure the load, at most four times a second. Call this often."""
        if (now := self._now()) < self._next:
            return
        self._next = now + LOOK_SECONDS
        self._seen.append((now, self._spent()))
        while len(self._seen) > 1 and self._seen[1][0] <= now - WINDOW_SECONDS:
            self._seen.popleft()
        begun, then = self._seen[0]
        last = self._seen[-1][1]
        if now - begun >= WINDOW_SECONDS and last.all > then.all:
            ours = last.ours - then.ours
            left = max(ours + last.spare - then.spare, FAIR * (last.all - then.all))
            self.percent = 100.0 * ours / left


class Admission:
    """Decides how many calls are let in. Used by one thread.

    While the load is over ``shed_cpu``, the bound is the present number of calls, reduced in
    proportion to the overload, but at least a quarter of ``most_calls``. So the line finds by
    itself how many calls it can hold.
    """

    def __init__(self, most_calls: int, shed_cpu: float, load: Load) -> None:
        """``shed_cpu`` is a ``Load.percent``; 0: the bound is always ``most_calls``."""
        self._most_calls, self._shed_cpu = most_calls, shed_cpu
        self._load = load
        self.least = -(-most_calls // FLOOR)
        """The lowest bound: simultaneous calls that are always let in."""
        self.most = most_calls
        """The present bound: simultaneous calls."""

    def look(self, calls: Callable[[], int]) -> None:
        """Adapt the bound. Call this twice a second; ``calls`` counts the present calls."""
        if not self._shed_cpu:
            return
        self._load.look()
        percent = self._load.percent
        if percent > self._shed_cpu:
            if (there_are := calls()) > self.least:  # else calls do not cause the load
                held = max(self.least, int(there_are * self._shed_cpu / percent))
                self.most = min(self.most, held)
        elif percent < self._shed_cpu - RELIEF and self.most < self._most_calls:
            self.most = min(self._most_calls, self.most + max(2, int(self.most * GROWTH)))

    @property
    def is_shedding(self) -> bool:
        """Whether the bound is lower than configured because the processors are busy."""
        return self.most < self._most_calls


@dataclass(frozen=True)
class BoundFile:
    """The file with the bound. Asterisk reads it for each call."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "admission" / "most"

    def write(self, most: int) -> None:
        """Set the bound to ``most`` simultaneous calls. OSError: the file cannot be written."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(most))
        fresh.replace(self.path)


def calls_in_line(link: AmiLink) -> int:
    """Ask Asterisk for the number of callers in menus. TemporarilyUnavailable without the link."""
    counted = link.action("Getvar", Variable="GROUP_COUNT(line)").get("Value", "")
    return int(counted) if counted.isdecimal() else 0

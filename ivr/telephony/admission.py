"""Admission control: how many calls Asterisk lets in at once.

The dialplan counts calls (``GROUP_COUNT``) and compares them with a bound that it reads from a
file. While the processors are too busy with the line, the bound is lower. What others do on the
machine closes no line: only the line's own work is weighed, against what the others leave to it,
and a quarter of the bound is let in whatever the processors do.
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
"""Over which work is told: a moment's work is no overload."""
RELIEF = 5.0
"""Percent under the bound at which more calls are let in again."""
GROWTH = 1 / 32
"""By this share more are let in again at a look: too many at once would close the line again."""
FLOOR = 4
"""Of the bound a fourth is let in at least."""
FAIR = 0.5
"""Of the machine that is ours in any case: the kernel shares the processors evenly, so that others
who want all of them leave us half."""


class Load:
    """How busy the line is. Used by one thread."""

    def __init__(
        self,
        spent: Callable[[], Spent],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spent, self._now = spent, now
        self._seen: deque[tuple[float, Spent]] = deque()
        self._next = 0.0
        self.percent = 0.0
        """The line's own work, of what the others leave to it, over the last second; 0 until one
        has passed."""

    def look(self) -> None:
        """To be called often; looks four times a second."""
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
    """How many calls are let in. Used by one thread.

    While the line is busier than its bound: the calls that there are, less in proportion, and a
    quarter of the bound at least. So the line finds by itself how many it can hold.
    """

    def __init__(self, most_calls: int, shed_cpu: float, load: Load) -> None:
        """``shed_cpu`` is percent, as ``Load`` tells it; 0: ``most_calls``, however busy it is."""
        self._most_calls, self._shed_cpu = most_calls, shed_cpu
        self._load = load
        self.least = -(-most_calls // FLOOR)
        """Calls at once that are let in always."""
        self.most = most_calls
        """Calls at once."""

    def look(self, calls: Callable[[], int]) -> None:
        """To be called twice a second; ``calls`` counts those that there are."""
        if not self._shed_cpu:
            return
        self._load.look()
        percent = self._load.percent
        if percent > self._shed_cpu:
            if (there_are := calls()) > self.least:  # else the work is not that of calls
                held = max(self.least, int(there_are * self._shed_cpu / percent))
                self.most = min(self.most, held)
        elif percent < self._shed_cpu - RELIEF and self.most < self._most_calls:
            self.most = min(self._most_calls, self.most + max(2, int(self.most * GROWTH)))

    @property
    def is_shedding(self) -> bool:
        """Whether the processors are the bound just now."""
        return self.most < self._most_calls


@dataclass(frozen=True)
class BoundFile:
    """The file with the bound, which Asterisk reads with each call."""

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "admission" / "most"

    def write(self, most: int) -> None:
        """Let so many calls in at once, from now on. OSError: the file cannot be written."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(most))
        fresh.replace(self.path)


def calls_in_line(link: AmiLink) -> int:
    """Count the callers in menus, as Asterisk does. TemporarilyUnavailable without the link."""
    counted = link.action("Getvar", Variable="GROUP_COUNT(line)").get("Value", "")
    return int(counted) if counted.isdecimal() else 0

"""Work beside a dialogue that takes as long as a test says, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable

from ivr.ports.aside import Aside, Started
from ivr.testing.clock import FixedClock


class SlowAside(Aside):
    """Work is done once ``takes`` seconds were waited for it."""

    def __init__(self, clock: FixedClock, takes: float = 0.0) -> None:
        self.clock = clock
        self.takes = takes
        self.unfinished: list[Callable[[], None]] = []

    def start(self, work: Callable[[], None]) -> SlowWork:
        self.unfinished.append(work)
        return SlowWork(self, work, self.takes)

    def finish(self) -> None:
        """Let everything end that nobody waits for any more."""
        while self.unfinished:
            self.unfinished.pop(0)()


class SlowWork(Started):
    def __init__(self, aside: SlowAside, work: Callable[[], None], takes: float) -> None:
        self._aside = aside
        self._work = work
        self._left = takes

    def wait(self, seconds: float) -> bool:
        if self._work not in self._aside.unfinished:
            return True
        self._aside.clock.sleep(min(self._left, seconds))
        self._left -= seconds
        if self._left > 0:
            return False
        self._aside.unfinished.remove(self._work)
        self._work()
        return True

"""A bounded queue for slow hashes, with a limited number at a time.

A flood of code words delays only callers who identify; menus never wait. Raises
TemporarilyUnavailable if the queue is full or no hash slot frees up in time; no attempt is
recorded.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from ivr.domain.services import OnDelay
from ivr.errors import TemporarilyUnavailable

WAITING = 32
"""Maximum number of waiting callers, besides those with a slot."""
MOMENT = 1.5
"""Seconds of silence after which a caller hears that it takes a moment."""
PATIENCE = 10.0
"""Maximum waiting time in seconds."""
NICE = 5
"""Increment of the nice value for hashes, so that everything else goes first."""
LEAST_URGENT = 19
"""The highest nice value (setpriority(2))."""

T = TypeVar("T")


def half_the_machine() -> int:
    """Return how many hashes run at once; the other processors are for the calls."""
    return max(1, len(os.sched_getaffinity(0)) // 2)


class HashQueue:
    """The queue of a process."""

    def __init__(
        self,
        at_once: int | None = None,
        waiting: int = WAITING,
        moment_after: float = MOMENT,
        patience: float = PATIENCE,
    ) -> None:
        """Seconds are real time. The default of ``at_once`` is half of the processors."""
        self.at_once = at_once or half_the_machine()
        self._most_waiting = waiting
        self._moment_after, self._patience = moment_after, patience
        self._free = self.at_once
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(self.at_once, "hash", initializer=_lower_priority)

    @property
    def waiting(self) -> int:
        """Number of waiting callers."""
        return len(self._queue)

    @contextmanager
    def slot(self, on_delay: OnDelay) -> Iterator[None]:
        """Wait for a slot, first come, first served; ``on_delay`` is called once if it takes long.

        Raise TemporarilyUnavailable "identification" if the queue is full, or no slot frees up.
        """
        self._take(on_delay)
        try:
            yield
        finally:
            with self._lock:
                self._pass_on()

    def work(self, make: Callable[[], T]) -> T:
        """Compute a hash with low priority. Call only within ``slot``."""
        return self._threads.submit(make).result()

    def _take(self, on_delay: OnDelay) -> None:
        called = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._queue) >= self._most_waiting:
                raise TemporarilyUnavailable(
                    "identification", "too many callers are being identified"
                )
            self._queue.append(called)
        try:
            self._wait(called, on_delay)
        except BaseException:
            self._leave(called)
            raise

    def _wait(self, called: threading.Event, on_delay: OnDelay) -> None:
        begun = time.monotonic()
        if called.wait(self._moment_after):
            return
        on_delay()
        if not called.wait(self._patience - (time.monotonic() - begun)):
            raise TemporarilyUnavailable("identification", "no hash slot was free in time")

    def _leave(self, called: threading.Event) -> None:
        """Leave the queue; pass a slot that was given at the same moment to the next caller."""
        with self._lock:
            if called.is_set():
                self._pass_on()
            else:
                self._queue.remove(called)

    def _pass_on(self) -> None:
        if self._queue:
            self._queue.popleft().set()
        else:
            self._free += 1


def _lower_priority() -> None:
    """Lower the priority of this thread, which computes hashes only."""
    thread = threading.get_native_id()
    nice = os.getpriority(os.PRIO_PROCESS, thread) + NICE
    os.setpriority(os.PRIO_PROCESS, thread, min(nice, LEAST_URGENT))

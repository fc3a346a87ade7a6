"""A circuit breaker: stops requests to a system that does not answer.

Closed: every request passes. After ``failures`` in a row it opens: no request passes, so that no
caller waits for a system that is down, and the system is not overloaded while it recovers. After
its rest it is half open: one request passes. If that succeeds the breaker closes, else it opens
again for twice the rest.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

FAILURES = 5
REST, LONGEST_REST = 2.0, 30.0
"""Seconds that it stays open at first, and at most."""


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class BreakerOpen(Exception):
    """The request was not sent."""


class Breaker:
    """The breaker of one system. Thread-safe."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest: float = REST,
        longest_rest: float = LONGEST_REST,
        *,
        now: Callable[[], float] = time.monotonic,
        changed: Callable[[BreakerState], None] = lambda _state: None,
    ) -> None:
        """``rest`` and ``longest_rest`` are seconds; ``changed`` is called with each new state."""
        self._failures = failures
        self._first_rest = self._rest = rest
        self._longest_rest = longest_rest
        self._now = now
        self._changed = changed
        self._lock = threading.Lock()
        self._state = BreakerState.CLOSED
        self._failed = 0
        self._until = 0.0

    @property
    def state(self) -> BreakerState:
        return self._state

    @contextmanager
    def passing(self, *excused: type[Exception]) -> Iterator[None]:
        """Let one request pass. Raise BreakerOpen at once while it is open.

        Every error counts as a failure except those in ``excused``: they say nothing about the
        system, and neither open nor close the breaker.
        """
        self._enter()
        try:
            yield
        except BaseException as error:
            self._fail(is_excused=isinstance(error, excused))
            raise
        self._succeed()

    def pause(self, seconds: float) -> None:
        """Stay open for that many seconds, because the system has asked for it."""
        with self._lock:
            self._until = max(self._until, self._now() + seconds)
            if self._state is not BreakerState.OPEN:
                self._turn(BreakerState.OPEN)

    def _enter(self) -> None:
        with self._lock:
            if self._state is BreakerState.CLOSED:
                return
            if self._state is BreakerState.HALF_OPEN or self._now() < self._until:
                raise BreakerOpen
            self._turn(BreakerState.HALF_OPEN)

    def _succeed(self) -> None:
        with self._lock:
            self._failed = 0
            if self._state is not BreakerState.CLOSED:
                self._rest = self._first_rest
                self._turn(BreakerState.CLOSED)

    def _fail(self, *, is_excused: bool) -> None:
        with self._lock:
            self._failed += not is_excused
            if self._state is BreakerState.HALF_OPEN:
                self._rest = min(self._rest * 2, self._longest_rest)
            elif self._state is BreakerState.OPEN or is_excused or self._failed < self._failures:
                return
            # The jitter keeps many processes with the same outage from retrying at the same moment.
            self._until = self._now() + self._rest * random.uniform(0.8, 1.2)  # noqa: S311
            self._turn(BreakerState.OPEN)

    def _turn(self, state: BreakerState) -> None:
        self._state = state
        self._changed(state)

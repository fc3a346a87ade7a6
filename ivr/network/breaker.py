"""A circuit breaker: what does not answer is left alone for a while.

Closed: every request passes. After ``failures`` in a row it opens: none passes, so that nobody
waits for what is down and it is not hammered while it comes back. After its rest it is half open:
one request tries; answered, it closes, else it opens again for twice the rest.
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


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Resting(Exception):
    """The breaker is open: the request was not sent."""


class Breaker:
    """One for each part behind, shared by all threads."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest: float = REST,
        *,
        now: Callable[[], float] = time.monotonic,
        changed: Callable[[Circuit], None] = lambda _circuit: None,
    ) -> None:
        """``rest`` in seconds; ``changed`` is told of each new state."""
        self._failures = failures
        self._first_rest = self._rest = rest
        self._now = now
        self._changed = changed
        self._lock = threading.Lock()
        self._circuit = Circuit.CLOSED
        self._failed = 0
        self._until = 0.0

    @property
    def circuit(self) -> Circuit:
        return self._circuit

    @contextmanager
    def passing(self) -> Iterator[None]:
        """One request. Resting, at once, while the breaker is open; any error is a failure."""
        self._enter()
        try:
            yield
        except BaseException:
            self._fail()
            raise
        self._succeed()

    def pause(self, seconds: float) -> None:
        """Stay open for so long, as what is behind has asked for."""
        with self._lock:
            self._until = max(self._until, self._now() + seconds)
            if self._circuit is not Circuit.OPEN:
                self._turn(Circuit.OPEN)

    def _enter(self) -> None:
        with self._lock:
            if self._circuit is Circuit.CLOSED:
                return
            if self._circuit is Circuit.HALF_OPEN or self._now() < self._until:
                raise Resting
            self._turn(Circuit.HALF_OPEN)

    def _succeed(self) -> None:
        with self._lock:
            self._failed = 0
            if self._circuit is not Circuit.CLOSED:
                self._rest = self._first_rest
                self._turn(Circuit.CLOSED)

    def _fail(self) -> None:
        with self._lock:
            self._failed += 1
            if self._circuit is Circuit.HALF_OPEN:
                self._rest = min(self._rest * 2, LONGEST_REST)
            elif self._circuit is Circuit.OPEN or self._failed < self._failures:
                return
            # Many lines that met the same outage do not all come back in the same moment.
            self._until = self._now() + self._rest * random.uniform(0.8, 1.2)  # noqa: S311
            self._turn(Circuit.OPEN)

    def _turn(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._changed(circuit)

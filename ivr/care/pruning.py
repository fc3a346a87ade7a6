"""Deletes what no rule needs any more, once a day, so that no table of identification grows
without end."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ivr.care.worker import run_rounds
from ivr.ports.attempts import Attempts, CodeRepository
from ivr.ports.clock import Clock

log = structlog.get_logger()

MATCHES_KEPT = timedelta(days=30)
"""Tries that matched, and failures that are forgotten; longer than any limit looks back."""
FAILURES_KEPT = timedelta(days=365)
"""Failures in a row of a number that is not locked until an office ends it."""
CODES_KEPT = timedelta(days=2)
"""Longer than the day in which codes are counted."""
EVERY = timedelta(days=1)
LOOK_SECONDS = 60.0
"""How often the worker looks whether a day is over; also the pause after a failure."""


@dataclass
class Pruner:
    """One for a process. Several at once do no harm."""

    attempts: Attempts
    codes: CodeRepository
    clock: Clock
    _done: datetime | None = None

    def once(self) -> int:
        """Prune, if a day has passed; answers how many rows went."""
        now = self.clock.now()
        if self._done is not None and now < self._done + EVERY:
            return 0
        pruned = self.attempts.prune(now - MATCHES_KEPT, now - FAILURES_KEPT)
        pruned += self.codes.prune(now - CODES_KEPT)
        self._done = now
        if pruned:
            log.info("old tries to identify are deleted", rows=pruned)
        return pruned

    def run(self, stop: threading.Event) -> None:
        """Prune at the start and every day until ``stop`` is set."""
        run_rounds("pruning", self.once, stop, LOOK_SECONDS, longest=LOOK_SECONDS)

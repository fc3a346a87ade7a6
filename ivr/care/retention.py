"""Deletes attempts and codes that no rule needs any more, once a day, to limit the tables."""

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
"""How long matches and cleared failures are kept; longer than any limit looks back."""
FAILURES_KEPT = timedelta(days=365)
"""How long other failures are kept, if they do not lock a number until an office ends the lock."""
CODES_KEPT = timedelta(days=2)
"""How long codes are kept; longer than the day for which they are counted."""
EVERY = timedelta(days=1)
LOOK_SECONDS = 60.0
"""Seconds between the worker's checks whether a day is over; also the pause after a failure."""


@dataclass
class Pruner:
    """Prunes the tables. Several processes may do so at once."""

    attempts: Attempts
    codes: CodeRepository
    clock: Clock
    _done: datetime | None = None

    def once(self) -> int:
        """Prune if a day has passed; return how many rows were deleted."""
        now = self.clock.now()
        if self._done is not None and now < self._done + EVERY:
            return 0
        pruned = self.attempts.prune(now - MATCHES_KEPT, now - FAILURES_KEPT)
        pruned += self.codes.prune(now - CODES_KEPT)
        self._done = now
        if pruned:
            log.info("old identification attempts are deleted", rows=pruned)
        return pruned

    def run(self, stop: threading.Event) -> None:
        """Prune at the start and every day until ``stop`` is set."""
        run_rounds("pruning", self.once, stop, LOOK_SECONDS, longest=LOOK_SECONDS)

"""Counts and logs peers of the AGI port that are not Asterisk."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import structlog

from ivr import metrics

log = structlog.get_logger()

EVERY_SECONDS = 60.0
"""Shortest interval between two log lines."""


class Strangers:
    """Counts every peer that is not Asterisk, and logs at most one a minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` is in seconds."""
        self._now = now
        self._next = -math.inf
        self._met = 0

    def met(self, reason: str) -> None:
        """Count a refused peer."""
        self._met += 1
        metrics.call_refused("stranger")
        if self._now() >= self._next:
            log.warning("a peer that is not Asterisk", reason=reason, since_the_last=self._met)
            self._next, self._met = self._now() + EVERY_SECONDS, 0

"""Runs the rounds of a worker: the common loop of all workers and pollers."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import structlog

from ivr import metrics
from ivr.errors import IvrError

log = structlog.get_logger()

LONGEST_SECONDS = 5.0
"""Maximum pause after failed rounds, so that work goes on soon after an outage."""


def spread() -> float:
    """Return a random factor, so that workers on several machines do not ask at the same time."""
    return random.uniform(0.8, 1.2)  # noqa: S311  jitter, not a secret


def run_rounds(
    loop: str,
    once: Callable[[], object],
    stop: threading.Event,
    idle: float,
    *,
    retry: float | None = None,
    longest: float = LONGEST_SECONDS,
    pause: Callable[[float], object] | None = None,
    jitter: Callable[[], float] = spread,
) -> None:
    """Call ``once`` until ``stop`` is set, with ``idle`` seconds between two rounds.

    A round that raises is logged and counted. Then the loop goes on after ``retry`` seconds
    (``idle`` by default), doubled with each further failure up to ``longest``. ``pause`` waits
    instead of ``stop.wait``. ``loop`` names the loop in the log and in the metrics.
    """
    wait = pause or stop.wait
    first = idle if retry is None else retry
    failures = 0
    while not stop.is_set():
        try:
            once()
        except Exception as error:  # the loop must not end: nothing would notice
            failures += 1
            if isinstance(error, IvrError):
                log.warning("a round has failed", loop=loop, failures=failures, reason=str(error))
            else:
                log.exception("a round has failed", loop=loop, failures=failures)
        else:
            failures = 0
        metrics.round_ended(loop, is_done=not failures)
        seconds = idle
        if failures:
            seconds = min(max(first, longest), first * 2.0 ** min(failures - 1, 20))
        wait(seconds * jitter())

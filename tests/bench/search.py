"""How many calls at once a contestant holds: steps until one fails, then between them."""

from __future__ import annotations

from collections.abc import Generator

FIRST, STEP = 200, 100
LEAST, MOST = 25, 1_500
CLOSE = 0.03
"""Two loads are as good as one when they differ by less than this share."""
TRIES = 2
"""A load that fails is tried again: the machine may have been slow for a moment."""

Search = Generator[float, bool, float]
"""Yields a load to try, is sent whether it was held, returns the greatest that was; 0: none."""


def most_calls() -> Search:
    """Search for the greatest load that a contestant holds."""
    held, failed = 0.0, 0.0
    at = float(FIRST)
    while at >= LEAST and not (yield from _holds(at)):
        failed, at = at, at / 2
    if at < LEAST:
        return 0.0
    held, at = at, at + STEP
    while not failed and at <= MOST:
        if (yield from _holds(at)):
            held, at = at, at + STEP
        else:
            failed = at
    while held and failed - held > CLOSE * held:
        middle = round((held + failed) / 2)
        if (yield from _holds(middle)):
            held = middle
        else:
            failed = middle
    return held


def _holds(calls: float) -> Generator[float, bool, bool]:
    for _ in range(TRIES):
        if (yield calls):
            return True
    return False

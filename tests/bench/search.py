"""How many calls at once a contestant holds: up when it held them, down when it did not.

The up-and-down method (Dixon and Mood, 1948): near the bound a trial says little, since the
machine's speed changes from one to the next; the mean of many that go up and down about it says it
well.
"""

from __future__ import annotations

import statistics
from collections.abc import Generator

FIRST = 400.0
LEAST, MOST = 25.0, 1_500.0
FAR, NEAR = 1.12, 1.04
"""Steps: until the first that fails after one that held, or the other way round; then."""
TRIALS = 9
"""So many are tried from there on."""

Search = Generator[float, bool, float]
"""Yields a load to try, is sent whether it was held, returns the one that is held half the time."""


def most_calls() -> Search:
    """Search for the load that a contestant holds; 0: not even the least."""
    at, step = FIRST, FAR
    held: bool | None = None
    near: list[float] = []
    while len(near) < TRIALS and LEAST <= at <= MOST:
        before, held = held, (yield at)
        if before is not None and before is not held:
            step = NEAR
        if step == NEAR:
            near.append(at)
        at = at * step if held else at / step
    if not near:
        return MOST if held else 0.0
    return statistics.mean(near)

"""How many calls at once a contestant holds: steps up until one fails, then between them."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.station import Trial

FIRST, STEP = 200, 100
CLOSE = 0.06
"""Two loads are as good as one when they differ by less than this share."""
MOST = 1_500

Measure = Callable[[float], Trial]
"""Holds about so many calls at once."""


def most_calls(measure: Measure) -> tuple[Trial | None, list[Trial]]:
    """The greatest load that was held, None if none was; and every trial on the way."""
    trials: list[Trial] = []

    def holds(calls: float) -> bool:
        trials.append(measure(calls))
        return trials[-1].held

    held, failed = 0.0, 0.0
    at = float(FIRST)
    while not failed and at <= MOST:
        if holds(at):
            held, at = at, at + STEP
        else:
            failed = at
    if not held:
        return None, trials
    while failed and failed - held > CLOSE * held:
        middle = (held + failed) / 2
        if holds(middle):
            held = middle
        else:
            failed = middle
    return max((each for each in trials if each.held), key=lambda each: each.load.most), trials

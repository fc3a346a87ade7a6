"""Counts failures to identify: when was the fifth in an hour, the tenth in a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

IN_HOUR, IN_DAY = 5, 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fifth_in_hour(failures: Sequence[datetime]) -> datetime | None:
    """When the newest failure was made that was the fifth within an hour; ``failures`` in order."""
    return _newest_full(failures, IN_HOUR, HOUR)


def tenth_in_day(failures: Sequence[datetime]) -> datetime | None:
    """When the newest failure was made that was the tenth within a day; ``failures`` in order."""
    return _newest_full(failures, IN_DAY, DAY)


def _newest_full(failures: Sequence[datetime], most: int, window: timedelta) -> datetime | None:
    for last in range(len(failures) - 1, most - 2, -1):
        if failures[last] - failures[last - most + 1] <= window:
            return failures[last]
    return None

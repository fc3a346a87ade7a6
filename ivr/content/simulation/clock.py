"""A clock that only ``sleep`` moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

from ivr.ports.clock import Clock

ASHGABAT = timezone(timedelta(hours=5))


class FixedClock(Clock):
    """A clock that starts at ``at``; ``sleep`` moves it and returns immediately."""

    def __init__(
        self, at: datetime = datetime(2026, 11, 22, 10, 0, tzinfo=UTC), zone: tzinfo = ASHGABAT
    ) -> None:
        self._at = at
        self._zone = zone

    def now(self) -> datetime:
        return self._at

    def local(self, at: datetime | None = None) -> datetime:
        return (at or self._at).astimezone(self._zone)

    def sleep(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)

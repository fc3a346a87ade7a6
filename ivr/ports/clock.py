"""The time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present time, timezone-aware, in UTC."""
        ...

    def local(self, at: datetime | None = None) -> datetime:
        """Return a time (default: now) in the operator's local time zone."""
        ...

    def sleep(self, seconds: float) -> None: ...

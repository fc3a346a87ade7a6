"""The time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def local(self, moment: datetime | None = None) -> datetime:
        """A moment (none given: now) as the operator's subscribers read it off their clocks."""
        ...

    def sleep(self, seconds: float) -> None: ...

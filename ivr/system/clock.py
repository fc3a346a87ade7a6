"""The system clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class SystemClock:
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ashgabat"))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def local(self, at: datetime | None = None) -> datetime:
        return (at or self.now()).astimezone(self.zone)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

"""The journal of calls: records for reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ivr.domain.call import Step


@dataclass(frozen=True, slots=True)
class AgentEvent:
    event: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One call in the journal. Numbers are complete: code that shows them must mask them."""

    id: str
    dialled: str
    caller: str | None
    started: datetime
    ended: datetime | None
    release: int
    language: str | None
    subscriber: str | None
    means: str | None
    outcome: str | None
    reason: str
    path: tuple[Step, ...]
    goals: tuple[str, ...]
    identification: tuple[str, ...]
    orders: tuple[str, ...]
    agents: tuple[AgentEvent, ...]

    @property
    def seconds(self) -> float | None:
        return (self.ended - self.started).total_seconds() if self.ended else None

"""The journal of calls in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.call import Call, CallOutcome
from ivr.ports.journal import Journal


@dataclass
class MemoryJournal(Journal):
    """Calls by id, and their queue events."""

    calls: dict[str, Call] = field(default_factory=dict)
    outcomes: dict[str, CallOutcome] = field(default_factory=dict)
    agents: dict[str, dict[str, str]] = field(default_factory=dict)

    def begin(self, call: Call) -> None:
        self.calls[call.id] = call
        self.outcomes.pop(call.id, None)

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
        self.calls[call.id] = call
        self.outcomes[call.id] = outcome

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        self.agents.setdefault(call, {}).setdefault(event, agent)

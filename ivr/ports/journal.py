"""The journal of calls."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from ivr.domain.call import Call, CallOutcome


class Journal(Protocol):
    """The record of calls."""

    def begin(self, call: Call) -> None: ...

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
        """Close the record of a call.

        If another worker resumes the call, ``begin`` reopens the record and its path goes on.
        """
        ...

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        """Store an event of the agents' queue for a call: ``connected`` or ``abandoned``.

        ``agent`` is the agent's name or empty. The same event twice is kept once.
        """
        ...

"""What a proof of the right to a number holds for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof of the right to a number holds for."""

    version: int
    """Raised by each change of code word, owner or state; a proof for an older one has ended."""
    by: str = ""
    """Id of the call that ordered the newest change; empty: it was not ordered in a call."""

    def holds(self, version: int, call: str) -> bool:
        """Whether what was proved in a call for a version holds still: nothing has changed since,
        or the call itself ordered the only change."""
        is_own = self.by == call and self.version == version + 1
        return self.version == version or is_own

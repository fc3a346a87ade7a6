"""What is known of an order's way to the network, so that it is never sent twice by mistake."""

from __future__ import annotations

from enum import StrEnum

from ivr.errors import TemporarilyUnavailable


class Sent(StrEnum):
    """Whether the network may have an order."""

    NOT = "not"
    """It never left, for certain."""
    SENT = "sent"
    """It left, and may have arrived: a gateway's fault or silence does not say that it did not."""
    MISSED = "missed"
    """It left; asked since, the network does not know it (yet)."""
    CONFLICT = "conflict"
    """The network said 409: it has the order already, or does not want it."""
    KNOWN = "known"
    """The network has it: it is never sent again."""


SENDABLE = frozenset({Sent.NOT, Sent.MISSED})
"""In which an order may be sent: never sent, or looked for long enough since."""


class NotSettled(TemporarilyUnavailable):
    """The network has not ended an order yet; ``sent`` is what this try has found out."""

    def __init__(self, what: str, detail: str, sent: Sent) -> None:
        super().__init__(what, detail)
        self.sent = sent

    @classmethod
    def of(cls, error: TemporarilyUnavailable, sent: Sent) -> NotSettled:
        """The same, with what is known of the order."""
        return cls(error.what, error.detail, sent)

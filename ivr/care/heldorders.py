"""Held orders that are due: the owner must have had the whole delay to stop them.

The delay counts from the time at which the notice left the outbox. If the notice cannot be sent,
the order is cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.messages import Message, MessageState
from ivr.domain.orders import Order

LONGEST_WAIT = timedelta(hours=72)
"""How long an order waits after its due time for its notice to be sent."""
SENT = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED)
LOST = (MessageState.FAILED, MessageState.DROPPED)


class Telling(StrEnum):
    """Whether the owner of a number got the notice of a held order."""

    DONE = "done"
    WAITS = "waits"
    NEVER = "never"


def telling_of(order: Order, notices: Iterable[Message | None], now: datetime) -> Telling:
    """Judge by ``notices``, the messages about the order; None: not stored yet."""
    assert order.due is not None
    known = list(notices)
    sent = [each.settled for each in known if each and each.state in SENT and each.settled]
    if len(sent) == len(known):
        since = max(sent, default=order.ordered)
        return Telling.DONE if now >= since + (order.due - order.ordered) else Telling.WAITS
    is_lost = any(each is not None and each.state in LOST for each in known)
    return Telling.NEVER if is_lost or now >= order.due + LONGEST_WAIT else Telling.WAITS

"""Held orders that are due: the owner must have had the time of the delay to stop them.

The delay counts from when the notice left the outbox. An owner who cannot be told keeps things as
they are: the order is cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.domain.messages import Message, MessageState
from ivr.domain.orders import Order

LONGEST_WAIT = timedelta(hours=72)
"""After it was due, an order waits so long for its notice to be sent."""
SENT = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED)
LOST = (MessageState.FAILED, MessageState.DROPPED)


class Telling(StrEnum):
    """How far the owner of a number is told of a held order."""

    DONE = "done"
    WAITS = "waits"
    NEVER = "never"


def telling_of(order: Order, notices: Iterable[Message | None], now: datetime) -> Telling:
    """``notices``: the messages that tell of the order; None: it is not written yet."""
    assert order.due is not None
    known = list(notices)
    sent = [each.settled for each in known if each and each.state in SENT and each.settled]
    if len(sent) == len(known):
        since = max(sent, default=order.ordered)
        return Telling.DONE if now >= since + (order.due - order.ordered) else Telling.WAITS
    is_lost = any(each is not None and each.state in LOST for each in known)
    return Telling.NEVER if is_lost or now >= order.due + LONGEST_WAIT else Telling.WAITS

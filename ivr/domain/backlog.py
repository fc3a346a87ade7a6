"""The backlog: how much work is waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState


@dataclass(frozen=True, slots=True)
class Backlog:
    """Unsettled orders, unsent messages, requests not passed on, and open call-backs.

    The mappings omit states with a count of 0.
    """

    orders: Mapping[OrderState, int] = field(default_factory=dict)
    oldest_order: datetime | None = None
    messages: Mapping[MessageState, int] = field(default_factory=dict)
    oldest_message: datetime | None = None
    """Of the WAITING messages only: a CAPPED message may wait for a day as intended."""
    requests: int = 0
    callbacks: Mapping[str, int] = field(default_factory=dict)
    """Numbers to be called back: ``open``, or ``taken`` by an agent who is about to call."""
    oldest_callback: datetime | None = None

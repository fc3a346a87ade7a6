"""How much waits to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState


@dataclass(frozen=True, slots=True)
class Backlog:
    """Orders that are not settled, messages that have not left, requests not passed on,
    numbers not called back.

    A state in which nothing waits is not there.
    """

    orders: Mapping[OrderState, int] = field(default_factory=dict)
    oldest_order: datetime | None = None
    messages: Mapping[MessageState, int] = field(default_factory=dict)
    oldest_message: datetime | None = None
    """Of those that wait; one that is capped may well wait for a day."""
    requests: int = 0
    callbacks: Mapping[str, int] = field(default_factory=dict)
    """Numbers to be called back: ``open``, or ``taken`` by somebody who is about to."""
    oldest_callback: datetime | None = None

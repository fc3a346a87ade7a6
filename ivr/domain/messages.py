"""Text messages, answers of the message centre, and promises to callers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.orders import Order
from ivr.domain.values import Language, Msisdn


class MessageState(StrEnum):
    """The state of a message."""

    WAITING = "waiting"
    CAPPED = "capped"
    """It waits because its number reached the daily limit for its occasion."""
    SENT = "sent"
    """The message centre accepted it."""
    DELIVERED = "delivered"
    """The message centre says that the phone has it."""
    UNDELIVERED = "undelivered"
    """The message centre says that the phone will not get it."""
    FAILED = "failed"
    """The message centre refused it, or it waited too long."""
    DROPPED = "dropped"
    """It is not sent: the number is not a subscriber's, was warned recently, or a newer notice of
    the same occasion waits."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. ``tries`` counts failed attempts."""

    id: int
    reference: str
    number: Msisdn
    body: str
    state: MessageState
    written: datetime
    due: datetime
    """The earliest time of the next attempt."""
    tries: int = 0
    parts: int = 0
    """Number of parts that the message centre acknowledged."""
    settled: datetime | None = None
    """When it left the outbox: was sent, failed or dropped."""
    detail: str = ""
    """Why it is not sent, in a few words without digits of telephone numbers."""

    @property
    def occasion(self) -> str:
        """``order``, ``advice``, ``warning`` …"""
        return occasion_of(self.reference)


SECRET_OCCASIONS = frozenset({"code"})
"""Occasions of messages whose bodies only the subscriber may read."""


def occasion_of(reference: str) -> str:
    """Return the occasion: the part of a reference before its colon."""
    return reference.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to a caller: the result of an order comes by text message."""

    order: Order
    language: Language


@dataclass(frozen=True, slots=True)
class Taken:
    """The message centre accepted a part and named it ``name``."""

    name: str


class Why(StrEnum):
    """Why a message is postponed."""

    BUSY = "busy"
    """The centre accepts nothing now."""
    SETTING = "setting"
    """A setting, here or at the centre, is wrong and must be corrected."""
    OTHER = "other"
    """The centre did not accept this message; it may accept others."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The message centre does not accept the part now; it may later."""

    reason: str
    why: Why = Why.BUSY


@dataclass(frozen=True, slots=True)
class NotEver:
    """The message centre refuses the message for good."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The final report of the centre about a part that it accepted."""

    names: tuple[str, ...]
    """Forms in which the centre may have given the part's name before, most reliable first."""
    numbers: tuple[str, ...]
    """Digits of the addresses in the receipt; one of them is the phone's number."""
    has_arrived: bool


Receipts = Callable[[DeliveryReceipt], None]
"""Called with each receipt. Raises TemporarilyUnavailable if the centre must send it again."""

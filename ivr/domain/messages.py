"""Text messages: what is sent, what the message centre answers, what was promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.orders import Order
from ivr.domain.values import Language, Msisdn


class MessageState(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    CAPPED = "capped"
    """It waits because its number has had as many of its occasion as a day allows."""
    SENT = "sent"
    """The message centre has taken it."""
    DELIVERED = "delivered"
    """The message centre says that the phone has it."""
    UNDELIVERED = "undelivered"
    """The message centre says that the phone will not get it."""
    FAILED = "failed"
    """The message centre refused it, or it waited too long."""
    DROPPED = "dropped"
    """Not to be sent: the number is no subscriber's, was warned lately, or a newer notice of the
    same occasion waits."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. ``tries`` are those that failed."""

    id: int
    reference: str
    number: Msisdn
    body: str
    state: MessageState
    written: datetime
    due: datetime
    """Not before this is it tried."""
    tries: int = 0
    parts: int = 0
    """How many of its parts the message centre has acknowledged."""
    settled: datetime | None = None
    """When it left the outbox: was sent, failed or dropped."""
    detail: str = ""
    """Why it is not sent, in a few words without digits of a number."""

    @property
    def occasion(self) -> str:
        """``order``, ``advice``, ``warning`` …"""
        return occasion_of(self.reference)


SECRET_OCCASIONS = frozenset({"code"})
"""Occasions of messages whose bodies nobody but the subscriber is to read."""


def occasion_of(reference: str) -> str:
    """What a reference names before its colon."""
    return reference.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Promise:
    """A caller was told that the result of an order comes as a text message."""

    order: Order
    language: Language


@dataclass(frozen=True, slots=True)
class Taken:
    """The message centre has acknowledged a part, and calls it ``name``."""

    name: str


class Why(StrEnum):
    """Why a message is put off."""

    BUSY = "busy"
    """The centre takes nothing now."""
    SETTING = "setting"
    """A setting, here or at the centre, is wrong: somebody must mend it."""
    OTHER = "other"
    """The centre did not take this message; it may take others."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """It does not take the part now: later it may."""

    reason: str
    why: Why = Why.BUSY


@dataclass(frozen=True, slots=True)
class NotEver:
    """It refuses the message for good."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What the centre says for good of a part that it took."""

    names: tuple[str, ...]
    """The name of the part as the centre may have written it before, the surest first."""
    numbers: tuple[str, ...]
    """Digits of the addresses in the receipt: one of them is the phone's."""
    has_arrived: bool


Receipts = Callable[[DeliveryReceipt], None]
"""Told each receipt. TemporarilyUnavailable: the centre is to tell it again."""

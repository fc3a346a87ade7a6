"""Text messages to subscribers: written down at once, sent later, never lost.

The outbox is what everybody writes to; the rest is for the worker that sends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from ivr.values import Language, Msisdn

if TYPE_CHECKING:
    from ivr.ports.records import Order


class Outbox(Protocol):
    """Text messages that are to be sent."""

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        """Write a message down, in one short transaction.

        ``reference`` names its occasion (``order:<id>``): a known one is not written again.
        KeyTaken: it is that of a message to another number.
        ``body`` is what the subscriber reads. The only secret that is ever in one is a one-time
        code (occasion ``code``); such a body is blanked when the message leaves the outbox.
        """
        ...

    def has_room(self, number: Msisdn, occasion: str) -> bool:
        """Whether a further message of an occasion (``advice``) would be sent without waiting.

        A number gets only so many a day of each occasion, the part of a reference before its
        colon. What is put over that waits for the next day.
        """
        ...


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


class Outgoing(Protocol):
    """The outbox as its worker sees it. Each method is one short transaction."""

    def claim(self, at: datetime, until: datetime) -> Message | None:
        """The oldest message that is due, for this worker alone until ``until``.

        A worker that dies leaves it to be claimed again then.
        """
        ...

    def acknowledged(
        self, id: int, part: int, of: int, name: str, at: datetime, until: datetime
    ) -> None:
        """The message centre took part ``part`` (from 0) of ``of`` and calls it ``name``.

        The last part makes the message SENT; before it the claim is prolonged to ``until``.
        """
        ...

    def later(self, id: int, due: datetime, detail: str) -> None:
        """A try failed; the next is at ``due``."""
        ...

    def cap(self, id: int, due: datetime) -> None:
        """Put off, CAPPED, until ``due``; no try is counted."""
        ...

    def settle(self, id: int, state: MessageState, at: datetime, detail: str) -> None:
        """FAILED or DROPPED, for good. What left the outbox before stays as it is."""
        ...

    def sent(self, number: Msisdn, occasion: str, since: datetime) -> int:
        """How many messages of an occasion the number was sent after ``since``."""
        ...

    def find(self, reference: str) -> Message | None:
        """The message under a reference, whatever its state."""
        ...

    def is_followed(self, message: Message) -> bool:
        """Whether a later message of the same occasion to the same number is not sent yet."""
        ...

    def expire(self, before: datetime, at: datetime) -> Sequence[Message]:
        """What was written before ``before``, is not sent yet and not claimed now, FAILED.

        Answers these messages as they were, oldest first.
        """
        ...

    def receipt(self, receipt: DeliveryReceipt, at: datetime) -> bool:
        """Note what became of a part, by the message centre's name for it.

        The message is DELIVERED with its last part, UNDELIVERED with the first that is lost, for
        good: a later receipt of the same part changes nothing. A part of the receipt's own number
        is meant before others; else only the first of its names counts. False: no part is meant,
        or a receipt of it came before.
        """
        ...


@dataclass(frozen=True, slots=True)
class Promise:
    """A caller was told that the result of an order comes as a text message."""

    order: Order
    language: Language


class Promises(Protocol):
    """What callers were promised to be told by text message."""

    def promise(self, order: str, language: Language) -> None:
        """Write down, before it is said, that the result of an order is told in a language.

        Promising twice changes nothing.
        """
        ...

    def owed(self, most: int) -> Sequence[Promise]:
        """Of orders that are settled, those whose message is not written, oldest first."""
        ...

    def kept(self, order: str) -> None:
        """The message is in the outbox."""
        ...


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


class MessageCentre(Protocol):
    """The operator's short message centre (SMSC). One thread talks to it."""

    def parts(self, body: str) -> int:
        """How many short messages a text takes."""
        ...

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        """Hand one part (from 0) over, within some seconds.

        TemporarilyUnavailable: there was no answer. Whether the centre has taken the part is then
        not known.
        """
        ...

    def attend(self, seconds: float, receipts: Receipts) -> None:
        """Keep the link alive for some seconds and take receipts; opens the link if there is none.

        TemporarilyUnavailable, at once: there is no link now.
        """
        ...

    def close(self) -> None:
        """End the link. It is opened again when it is needed."""
        ...

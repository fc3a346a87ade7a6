"""Text messages: the outbox, what is sent from it, the message centre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Call
from ivr.domain.messages import (
    DeliveryReceipt,
    Message,
    MessageState,
    NotEver,
    NotNow,
    Promise,
    Receipts,
    Taken,
)
from ivr.domain.values import Language, Msisdn


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

    def find(self, reference: str) -> Message | None:
        """The message under a reference, whatever its state."""
        ...


class Advice(Protocol):
    """Text messages that people ask for."""

    def recipient(self, call: Call) -> Msisdn | None:
        """Where a text goes that a caller asks for. None: a number is to be asked for.

        To the calling number; if that is withheld or foreign, to the identified subscriber's; else
        to the one number that was asked for in this call: nobody sends to many.
        """
        ...

    def send(
        self,
        actor: Actor,
        key: OperationKey,
        number: Msisdn,
        text: str,
        language: Language | None,
    ) -> bool:
        """Put a text of the release, by its key, into the outbox.

        Under one ``key`` (of a call: its id) a text is sent to a number once. No ``language``: in
        Turkmen. False: the number has had as many today as it gets.
        """
        ...


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

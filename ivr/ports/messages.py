"""Text messages: the outbox, sending from it, and the message centre."""

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
        """Store a message, in one short transaction.

        ``reference`` names its occasion (``order:<id>``). A known reference is not stored again;
        raise KeyTaken if it belongs to a message to another number.
        ``body`` is the text that the subscriber reads. The only secret it may hold is a one-time
        code (occasion ``code``); such a body is blanked when the message leaves the outbox.
        """
        ...

    def has_room(self, number: Msisdn, occasion: str) -> bool:
        """Tell whether one more message of an occasion (``advice``) would be sent without waiting.

        There is a limit per number, day and occasion (the part of a reference before its colon).
        Messages over the limit wait for the next day.
        """
        ...

    def find(self, reference: str) -> Message | None:
        """Return the message with a reference, in any state."""
        ...


class Advice(Protocol):
    """Text messages that callers ask for."""

    def recipient(self, call: Call) -> Msisdn | None:
        """Return the number that gets a caller's text. None: the dialogue must ask for a number.

        It is the calling number; if that is withheld or foreign, the identified subscriber's
        number; else the number that was asked for in this call. There is only one per call, so that
        a caller cannot send texts to many numbers.
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
        """Put a text of the release, named by its text key, into the outbox.

        Under one operation ``key`` (in a call: the call's id) a text is sent to a number once. If
        ``language`` is None, Turkmen is used. Return False if the number reached its daily limit.
        """
        ...


class Outgoing(Protocol):
    """The outbox for the worker that sends. Each method is one short transaction."""

    def claim(self, at: datetime, until: datetime) -> Message | None:
        """Claim the oldest message that is due, for this worker alone until ``until``.

        If the worker dies, the message can be claimed again then.
        """
        ...

    def acknowledged(
        self, id: int, part: int, of: int, name: str, at: datetime, until: datetime
    ) -> None:
        """Store that the message centre accepted part ``part`` (from 0) of ``of`` as ``name``.

        The last part makes the message SENT; earlier parts prolong the claim to ``until``.
        """
        ...

    def later(self, id: int, due: datetime, detail: str) -> None:
        """Store a failed attempt; the next one is at ``due``."""
        ...

    def cap(self, id: int, due: datetime) -> None:
        """Make the message CAPPED until ``due``; no attempt is counted."""
        ...

    def settle(self, id: int, state: MessageState, at: datetime, detail: str) -> None:
        """Make a message FAILED or DROPPED for good.

        A message that left the outbox before is not changed.
        """
        ...

    def sent(self, number: Msisdn, occasion: str, since: datetime) -> int:
        """Count the messages of an occasion that were sent to the number after ``since``."""
        ...

    def is_followed(self, message: Message) -> bool:
        """Tell whether a later message of the same occasion to the same number is still unsent."""
        ...

    def expire(self, before: datetime, at: datetime) -> Sequence[Message]:
        """Make messages FAILED that were stored before ``before`` and are unsent and not claimed.

        Return these messages as they were before, oldest first.
        """
        ...

    def receipt(self, receipt: DeliveryReceipt, at: datetime) -> bool:
        """Store the outcome of a part, found by the message centre's name for it.

        The message becomes DELIVERED with its last part and UNDELIVERED with the first part that is
        lost. This is final: a later receipt of the same part changes nothing. Parts of messages to
        the receipt's own number are preferred; for other numbers only the first of its names
        counts. Return False if no part fits, or the part already has a receipt.
        """
        ...


class Promises(Protocol):
    """Order results that callers were promised by text message."""

    def promise(self, order: str, language: Language) -> None:
        """Store the promise to send an order's result in a language, before the caller hears it.

        A second promise changes nothing.
        """
        ...

    def owed(self, most: int) -> Sequence[Promise]:
        """Return promises whose order is settled and whose message is not stored, oldest first."""
        ...

    def kept(self, order: str) -> None:
        """Mark a promise as kept: the message is in the outbox."""
        ...


class MessageCentre(Protocol):
    """The operator's short message centre (SMSC). One thread talks to it."""

    def parts(self, body: str) -> int:
        """Count the short messages that a text needs."""
        ...

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        """Send one part (counted from 0); answer within some seconds.

        Raise TemporarilyUnavailable if the centre does not answer; it may have accepted the part.
        """
        ...

    def attend(self, seconds: float, receipts: Receipts) -> None:
        """Keep the link alive for some seconds and receive receipts; open the link if needed.

        Raise TemporarilyUnavailable at once if there is no link now.
        """
        ...

    def close(self) -> None:
        """Close the link. It is opened again when it is needed."""
        ...

"""Faxes: their states, results and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FaxState(StrEnum):
    """The state of sending an invoice."""

    WAITING = "waiting"
    """It waits for its next attempt."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """No further attempt is made, or the number that is paid for got a new owner before."""


class FaxResult(StrEnum):
    """The outcome of one attempt."""

    SENT = "sent"
    UNREACHED = "unreached"
    """Nobody answered the call."""
    FAILED = "failed"
    """The call was answered, but the pages were not received."""
    LOST = "lost"
    """No result was reported."""


class FaxReason(StrEnum):
    """Why one attempt failed."""

    BUSY = "busy"
    NO_ANSWER = "no-answer"
    """Nobody answered within the ringing time."""
    NO_SUCH_NUMBER = "no-such-number"
    UNAVAILABLE = "unavailable"
    """The exchange cannot put the call through now: out of order, overloaded, switched off."""
    FORBIDDEN = "forbidden"
    """The exchange does not allow calls to this number."""
    DECLINED = "declined"
    """The other side rejected the call."""
    REDIRECTED = "redirected"
    """The answer redirects to another number; the line does not follow redirections."""
    NO_FAX = "no-fax"
    """The call was answered, but not by a fax machine."""
    DROPPED = "dropped"
    """A fax machine answered, but the call ended before the last page."""
    BAD_LINE = "bad-line"
    """The machines did not understand each other."""
    INCOMPATIBLE = "incompatible"
    """The other side cannot receive these pages or this kind of call."""
    NOT_DIALLED = "not-dialled"
    """The line does not call this number."""
    NOT_DRAWN = "not-drawn"
    """The pages could not be drawn: the form is broken or the disk is full."""
    LOST = "lost"
    """No result was reported."""
    UNKNOWN = "unknown"
    """None of these; ``FaxAnswer.detail`` has the words of the fax software."""


class FaxNotice(StrEnum):
    """Reasons of failed faxes that the payer can do something about. Each has a text,
    ``sms.invoice.failed.<notice>``; all other reasons use ``sms.invoice.failed``."""

    BUSY = "busy"
    NO_ANSWER = "no-answer"
    NO_SUCH_NUMBER = "no-such-number"
    NO_FAX = "no-fax"
    BROKEN_OFF = "broken-off"


@dataclass(frozen=True, slots=True)
class FaxAnswer:
    """The result of one attempt; ``detail`` is in the words of the fax software.

    ``reason`` is None if the fax was sent, and for attempts stored by older versions.
    """

    result: FaxResult
    pages: int = 0
    detail: str = ""
    reason: FaxReason | None = None


@dataclass(frozen=True, slots=True)
class FaxTry:
    """One attempt to send: ``ended`` and ``answer`` are None while it runs."""

    begun: datetime
    ended: datetime | None = None
    answer: FaxAnswer | None = None

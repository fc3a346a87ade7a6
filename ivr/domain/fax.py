"""Faxes: their states, results and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FaxState(StrEnum):
    """Where the sending of an invoice is."""

    WAITING = "waiting"
    """For its next try."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """No further try is made, or the number that is paid for changed hands before."""


class FaxResult(StrEnum):
    """What became of one try."""

    SENT = "sent"
    UNREACHED = "unreached"
    """Nobody answered the call."""
    FAILED = "failed"
    """The call was answered, the pages did not go through."""
    LOST = "lost"
    """It was never told what became of it."""


class FaxReason(StrEnum):
    """Why one try did not bring the pages over."""

    BUSY = "busy"
    NO_ANSWER = "no-answer"
    """It rang for as long as it may."""
    NO_SUCH_NUMBER = "no-such-number"
    UNAVAILABLE = "unavailable"
    """The exchange cannot put the call through now: out of order, overloaded, switched off."""
    FORBIDDEN = "forbidden"
    """The exchange does not let this number be called."""
    DECLINED = "declined"
    """The other side does not take the call."""
    REDIRECTED = "redirected"
    """It is answered that another number be called, which is not done."""
    NO_FAX = "no-fax"
    """A call was answered, and no fax machine was heard."""
    DROPPED = "dropped"
    """A fax machine was there, and the call ended before the last page."""
    BAD_LINE = "bad-line"
    """The machines did not understand each other."""
    INCOMPATIBLE = "incompatible"
    """The other side can take neither these pages nor this kind of call."""
    NOT_DIALLED = "not-dialled"
    """The number is one that the line does not call."""
    NOT_DRAWN = "not-drawn"
    """There were no pages to send: the form is broken, the disk full."""
    LOST = "lost"
    """Nothing was heard of it."""
    UNKNOWN = "unknown"
    """None of these; the detail has what the machinery says."""


class FaxNotice(StrEnum):
    """Why a fax was given up, where the payer can do something about it. Each has a text,
    ``sms.invoice.failed.<notice>``; other reasons are told by ``sms.invoice.failed``."""

    BUSY = "busy"
    NO_ANSWER = "no-answer"
    NO_SUCH_NUMBER = "no-such-number"
    NO_FAX = "no-fax"
    BROKEN_OFF = "broken-off"


@dataclass(frozen=True, slots=True)
class FaxAnswer:
    """The result of one try; ``detail`` is in the words of the fax machinery.

    ``reason`` is None if it was sent, and of tries that older versions wrote down.
    """

    result: FaxResult
    pages: int = 0
    detail: str = ""
    reason: FaxReason | None = None


@dataclass(frozen=True, slots=True)
class FaxTry:
    """One try to send: ``ended`` and ``answer`` are None while it goes on."""

    begun: datetime
    ended: datetime | None = None
    answer: FaxAnswer | None = None

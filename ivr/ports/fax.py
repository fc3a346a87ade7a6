"""Fax: pages sent to a number, in several tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ivr.values import Msisdn


class FaxState(StrEnum):
    """Where the sending of an invoice is."""

    WAITING = "waiting"
    """For its next try."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Every try has failed, or the number that is paid for changed hands before."""


class FaxResult(StrEnum):
    """What became of one try."""

    SENT = "sent"
    UNREACHED = "unreached"
    """Nobody answered the call."""
    FAILED = "failed"
    """The call was answered, the pages did not go through."""
    LOST = "lost"
    """It was never told what became of it."""


@dataclass(frozen=True, slots=True)
class FaxAnswer:
    """The result of one try; ``detail`` is in the words of the fax machinery."""

    result: FaxResult
    pages: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FaxTry:
    """One try to send: ``ended`` and ``answer`` are None while it goes on."""

    begun: datetime
    ended: datetime | None = None
    answer: FaxAnswer | None = None


class Fax(Protocol):
    """The machinery that sends pages to a number."""

    def ready(self) -> bool:
        """Whether a call can be made now."""
        ...

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        """Begin to send; None: it goes on, and ``result`` will tell. ``tiff`` is a TIFF for fax.

        ``reference`` names the try, in letters, digits and hyphens.
        """
        ...

    def result(self, reference: str) -> FaxAnswer | None:
        """What became of a try; None: it goes on, or is not known."""
        ...

    def forget(self, reference: str) -> None:
        """Its result is written down: nothing of it need be kept."""
        ...

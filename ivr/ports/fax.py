"""Sending faxes."""

from __future__ import annotations

from typing import Protocol

from ivr.domain.fax import FaxAnswer
from ivr.domain.values import Msisdn


class Fax(Protocol):
    """Sends pages to a fax number."""

    def ready(self) -> bool:
        """Tell whether a call can be made now."""
        ...

    def send(self, reference: str, tiff: bytes, number: Msisdn) -> FaxAnswer | None:
        """Begin to send ``tiff``, a fax TIFF.

        ``reference`` names the attempt, in letters, digits and hyphens. None: sending goes on, and
        ``result`` will return the answer.
        """
        ...

    def result(self, reference: str) -> FaxAnswer | None:
        """Return the outcome of an attempt; None: it goes on, or is unknown."""
        ...

    def forget(self, reference: str) -> None:
        """Drop everything about an attempt, after its result was stored."""
        ...

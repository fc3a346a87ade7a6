"""Sending faxes."""

from __future__ import annotations

from typing import Protocol

from ivr.domain.fax import FaxAnswer
from ivr.domain.values import Msisdn


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

"""Warns the owner of a number about repeated failures to prove a right to it.

The warning is stored for any number, so that words and time of an attempt do not reveal whether it
belongs to a subscriber. The message worker drops messages to other numbers, and more than one
warning per hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from ivr.care.messages import WARNING
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.dialogue import TextSource
from ivr.ports.messages import Outbox
from ivr.ports.subscribers import Subscribers

log = structlog.get_logger()

FAILURES = 3
"""The owner is warned from this many failures in a row for a number, in one or several calls."""


@dataclass(frozen=True)
class OwnerWarning:
    """Writes the warning in the owner's language, with the texts of one release."""

    subscribers: Subscribers
    outbox: Outbox
    wording: TextSource

    def failed(self, number: Msisdn, in_row: int, attempt: int) -> None:
        """Warn after failure number ``in_row`` for this number; ``attempt`` is its id."""
        if in_row < FAILURES:
            return
        try:
            owner = self.subscribers.find(number)
            language = owner.language if owner else Language.TURKMEN
            body = self.wording.write(language, "sms.warning", number=number)
            self.outbox.put(number, body, f"{WARNING}:{attempt}")
        except TemporarilyUnavailable as error:
            # The caller is answered all the same; the attempt itself is stored.
            log.error("the owner of a number is not warned", reason=str(error))

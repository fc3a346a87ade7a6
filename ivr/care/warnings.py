"""A warning to the owner of a number when proofs of the right to it fail again and again.

It is written for any number, subscriber or not, so that words and time of a try tell nothing; the
worker that sends drops what is no subscriber's, and more than one an hour.
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
"""Failures in a row for a number, in one call or in several, from which on its owner is warned."""


@dataclass(frozen=True)
class OwnerWarning:
    """Writes the warning in the owner's language, in the words of one release."""

    subscribers: Subscribers
    outbox: Outbox
    wording: TextSource

    def failed(self, number: Msisdn, in_row: int, attempt: int) -> None:
        """A try failed, the ``in_row``-th for this number; ``attempt`` is its id."""
        if in_row < FAILURES:
            return
        try:
            owner = self.subscribers.find(number)
            language = owner.language if owner else Language.TURKMEN
            body = self.wording.write(language, "sms.warning", number=number)
            self.outbox.put(number, body, f"{WARNING}:{attempt}")
        except TemporarilyUnavailable as error:
            # The caller is answered all the same; the try itself is written down.
            log.error("the owner of a number is not warned", reason=str(error))

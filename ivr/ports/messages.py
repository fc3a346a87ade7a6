"""Text messages to subscribers: written down at once, sent later, never twice."""

from __future__ import annotations

from typing import Protocol

from ivr.values import Msisdn


class Outbox(Protocol):
    """Text messages that are to be sent."""

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        """Write a message down, in one short transaction.

        ``reference`` names its occasion (``order:<id>``): a known one is not written again.
        ``body`` is what the subscriber reads; no secret is ever in it.
        """
        ...

"""Calls back that callers asked for: leaving one, and the book of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from ivr.domain.call import Call
from ivr.domain.callbacks import Bound, Left
from ivr.domain.services import Reason
from ivr.domain.values import Msisdn


class Callbacks(Protocol):
    """Call-backs, for a dialogue."""

    def refused(self, number: Msisdn) -> Reason | None:
        """Why a number is never called back; None: it is."""
        ...

    def leave(self, call: Call, number: Msisdn) -> Left:
        """Keep a number to be called back, with the call's language and reason.

        The same number left again in the same call is DONE, and kept once. Raises ValueError for
        a number that is refused.
        """
        ...


class CallbackBook(Protocol):
    """Call-backs as written down."""

    def write(self, call: Call, number: Msisdn, at: datetime, bound: Bound) -> Left:
        """As ``Callbacks.leave``, decided and written in one transaction.

        It counts for the identified number, else for the calling one; a call leaves ``bound.most``.
        KeyTaken: another caller's call of the same id has left the number.
        """
        ...

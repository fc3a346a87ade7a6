"""What the owner of a number is told by text message, and where it is read from.

A fact is told because it is in the database: an order that was carried out, an entry of the audit,
a match. So it does not matter which path wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ivr.ports.records import Order
from ivr.values import Msisdn


class Occasion(StrEnum):
    """What a notice is about. Each has a text, ``sms.notice.<occasion>``, and a bound of its own:
    many notices of one occasion never keep one of another back."""

    FORWARDING = "forwarding"
    """Calls are forwarded to a new number."""
    FORWARDING_CHANGED = "forwarding-changed"
    """Forwarding is on with fewer numbers than before: to none that is new."""
    FORWARDING_OFF = "forwarding-off"
    FAVOURITE = "favourite"
    FAVOURITE_OFF = "favourite-off"
    SMS_OFF = "sms-off"
    """Text messages are switched off. It is read if the phone still gets it, or later."""
    SUSPENSION_ORDERED = "suspension-ordered"
    """By a weak proof: told before the network is asked, while the phone still works."""
    SUSPENSION = "suspension"
    SUSPENSION_OFF = "suspension-off"
    PUK = "puk"
    """The PUK was told."""
    CODEWORD = "codeword"
    """A code word was set."""
    PASSPORT = "passport"
    """The passport was used from a phone that is not the number's own."""
    HELD_FORWARDING = "held-forwarding"
    """Forwarding was ordered and waits for its time; the owner can stop it."""
    HELD_FAVOURITE = "held-favourite"
    HELD_SMS = "held-sms"
    """Text messages are to be switched off."""


NOTICES = frozenset(Occasion)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to a number, besides orders. ``id`` is unique in its occasion."""

    occasion: Occasion
    id: str
    number: Msisdn


class Facts(Protocol):
    """Facts of which no notice is in the outbox. The reference of a notice begins with
    ``<occasion>:<id>``; of an order, ``id`` is that of the order."""

    def orders(self, since: datetime, until: datetime, most: int) -> Sequence[Order]:
        """Oldest first: orders completed from ``since`` until before ``until`` that changed the
        number's forwarding, its favourite number or its suspension, or switched its text messages
        off."""
        ...

    def held(self, most: int) -> Sequence[Order]:
        """Orders that are held, oldest first: that set forwarding or the favourite number, or
        switch text messages off."""
        ...

    def acts(self, since: datetime, until: datetime, most: int) -> Sequence[Act]:
        """PUKs told, code words set and passports that matched from another phone, from ``since``
        until before ``until``; ``most`` of each."""
        ...

"""What the owner of a number is told of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.values import Msisdn


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

"""Notices to the owner of a number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.values import Msisdn


class Occasion(StrEnum):
    """The occasion of a notice. Each has a text, ``sms.notice.<occasion>``, and its own daily
    limit, so that many notices of one occasion never delay a notice of another."""

    FORWARDING = "forwarding"
    """Calls are forwarded to a new number."""
    FORWARDING_CHANGED = "forwarding-changed"
    """Forwarding is on with fewer numbers than before, and without a new one."""
    FORWARDING_OFF = "forwarding-off"
    FAVOURITE = "favourite"
    FAVOURITE_OFF = "favourite-off"
    SMS_OFF = "sms-off"
    """Text messages are switched off. The notice may arrive only after they are on again."""
    SUSPENSION_ORDERED = "suspension-ordered"
    """Ordered with a weak proof. Sent before the network is asked, while the phone works."""
    SUSPENSION = "suspension"
    SUSPENSION_OFF = "suspension-off"
    PUK = "puk"
    """The PUK was told."""
    CODEWORD = "codeword"
    """A code word was set."""
    PASSPORT = "passport"
    """The passport was used from a phone that is not the number's own."""
    HELD_FORWARDING = "held-forwarding"
    """Forwarding was ordered and is held; the owner can stop it."""
    HELD_FAVOURITE = "held-favourite"
    HELD_SMS = "held-sms"
    """Switching text messages off was ordered and is held."""


NOTICES = frozenset(Occasion)


@dataclass(frozen=True, slots=True)
class Act:
    """An act that concerns a number, other than an order. ``id`` is unique per occasion."""

    occasion: Occasion
    id: str
    number: Msisdn

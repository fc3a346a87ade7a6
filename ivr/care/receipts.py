"""Which part of a text message a receipt is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.messages import DeliveryReceipt
from ivr.domain.values import Msisdn

NATIONAL = 8
"""Digits of a number that are the same in every form of it (with 993, with 8, with neither)."""


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A part that the message centre took, under the name that it then gave."""

    message: int
    part: int
    name: str
    number: Msisdn
    at: datetime


def meant(receipt: DeliveryReceipt, known: Iterable[KnownPart]) -> KnownPart | None:
    """The part that a receipt is about, of those with one of its names; None: none of them.

    Centres write a name otherwise in the receipt (zeros, hexadecimal), so that two parts may have
    one; then the number tells. A part of another number is meant only by its exact name. A centre
    may use its names anew after a time: the newest is meant.
    """
    found = [part for part in known if part.name in receipt.names]
    mine = [part for part in found if _is_to_one_of(part.number, receipt.numbers)]
    exact = [part for part in found if part.name == receipt.names[0]]
    likely = sorted(mine or exact, key=lambda part: part.at, reverse=True)
    return min(likely, key=lambda part: receipt.names.index(part.name), default=None)


def _is_to_one_of(number: Msisdn, addresses: Iterable[str]) -> bool:
    return any(
        len(digits) >= NATIONAL and digits[-NATIONAL:] == number[-NATIONAL:] for digits in addresses
    )

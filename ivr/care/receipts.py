"""Finds the part of a text message that a receipt is about. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ivr.domain.messages import DeliveryReceipt
from ivr.domain.values import Msisdn

NATIONAL = 8
"""Number of last digits that all forms of a number share (with 993, with 8, with neither)."""


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A part that the message centre accepted, with the name that it gave."""

    message: int
    part: int
    name: str
    number: Msisdn
    at: datetime


def meant(receipt: DeliveryReceipt, known: Iterable[KnownPart]) -> KnownPart | None:
    """Return the part that a receipt is about, among parts with one of its names; None: no part.

    Centres may write a name differently in the receipt (zeros, hexadecimal), so that two parts may
    match; then the number decides. A part to another number matches only by its exact name. A
    centre may reuse names after some time; then the newest part is returned.
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

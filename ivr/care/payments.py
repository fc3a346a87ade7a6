"""Finds the new payments of a file.

A payment is recognised by its reference, if billing gives one. Without references, equal payments
of a number (same time and amount) are counted: two in a file are two payments, and importing the
same file again adds none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.payments import KnownPayment, PaymentRow
from ivr.domain.values import Money, Msisdn

Equal = tuple[Msisdn, datetime, Money]
NAMED = 20
"""Maximum references in a sentence."""


@dataclass(frozen=True, slots=True)
class News:
    """The payments of a file that must be stored."""

    fresh: list[KnownPayment] = field(default_factory=list)
    """New payments, each with its ordinal among equal ones."""
    named: list[KnownPayment] = field(default_factory=list)
    """Known payments whose reference is new."""
    odd: list[PaymentRow] = field(default_factory=list)
    """Payments whose reference is known with another time or amount. Then nothing may be stored."""


def news(known: Iterable[KnownPayment], coming: Iterable[PaymentRow]) -> News:
    """Return what ``coming`` adds to ``known``, which has all stored payments that may match."""
    found = News()
    stored: dict[Equal, list[KnownPayment]] = defaultdict(list)
    references: dict[tuple[str, str], Equal] = {}
    for each in known:
        stored[each.row.equal].append(each)
        if each.row.reference:
            references[each.row.number, each.row.reference] = each.row.equal
    groups: dict[Equal, list[PaymentRow]] = defaultdict(list)
    for row in coming:
        if row.reference:
            name = row.number, row.reference
            if (equal := references.setdefault(name, row.equal)) != row.equal:
                found.odd.append(row)
                continue
        groups[row.equal].append(row)
    for equal, rows in groups.items():
        _compare(found, stored[equal], rows)
    return found


def said_of_odd(odd: Sequence[PaymentRow]) -> str:
    """Return the sentence that refuses payments with such references."""
    names = ", ".join(each.reference[:60] for each in odd[:NAMED])
    more = f" and {len(odd) - NAMED} more" if len(odd) > NAMED else ""
    return (
        "nothing was imported: the file has references that exist with another time or"
        f" amount: {names}{more}; give each payment its own reference"
    )


def _compare(found: News, stored: Sequence[KnownPayment], coming: Sequence[PaymentRow]) -> None:
    """Compare equal payments: find which of ``coming`` are among ``stored``."""
    named = dict.fromkeys(row.reference for row in coming if row.reference)
    left = [each for each in stored if each.row.reference not in named]
    unnamed = [each for each in left if not each.row.reference]
    new = [name for name in named if name not in {each.row.reference for each in stored}]
    row = coming[0]
    for name, known in zip(new, unnamed, strict=False):
        found.named.append(KnownPayment(row._replace(reference=name), known.ordinal))
    adopted = min(len(new), len(unnamed))
    without = sum(not each.reference for each in coming) - (len(left) - adopted)
    ordinal = max((each.ordinal for each in stored), default=0)
    for name in (*new[adopted:], *[""] * without):
        ordinal += 1
        found.fresh.append(KnownPayment(row._replace(reference=name), ordinal))

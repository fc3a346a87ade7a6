"""Which payments of a file are new, in whatever mixture of names and none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.care.payments import news
from ivr.domain.payments import KnownPayment, PaymentRow
from ivr.domain.values import Money, Msisdn

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def rows(names: str) -> list[PaymentRow]:
    """Equal payments: a letter is a reference, ``-`` is none."""
    plain = PaymentRow(Msisdn("99365123456"), NOW, Money(500))
    return [plain._replace(reference=name.strip("-")) for name in names]


@pytest.mark.parametrize(
    ("known", "coming", "fresh", "named"),
    [
        ("", "-", "-", ""),
        ("", "--", "--", ""),
        ("-", "-", "", ""),
        ("-", "--", "-", ""),
        ("--", "-", "", ""),
        ("", "ab", "ab", ""),
        ("a", "a", "", ""),
        ("a", "ab", "b", ""),
        ("a", "-", "", ""),
        ("a", "--", "-", ""),
        ("a", "a-", "-", ""),
        ("a-", "a-", "", ""),
        ("a-", "b-", "", "b"),
        ("-", "a", "", "a"),
        ("--", "abc", "c", "ab"),
        ("-a", "ab", "", "b"),
        ("", "a-", "a-", ""),
    ],
)
def test_equal_payments(known: str, coming: str, fresh: str, named: str) -> None:
    stored = [KnownPayment(row, place) for place, row in enumerate(rows(known), 1)]
    found = news(stored, rows(coming))
    assert sorted(each.row.reference or "-" for each in found.fresh) == sorted(fresh)
    assert sorted(each.row.reference for each in found.named) == sorted(named)
    assert found.odd == []
    ordinals = [each.ordinal for each in (*stored, *found.fresh)]
    assert ordinals == list(range(1, len(ordinals) + 1))
    after = {each.ordinal: each for each in (*stored, *found.fresh, *found.named)}
    again = news(after.values(), rows(coming))
    assert (again.fresh, again.named) == ([], [])


def test_a_reference_of_another_amount_is_odd() -> None:
    (first,) = rows("a")
    other = first._replace(amount=Money(700))
    assert news([KnownPayment(first, 1)], [other]).odd == [other]
    assert news([], [first, other]).odd == [other]

"""Imports: as of when the rows are, who did it, and the facts that are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ivr.care.imports import import_packages, import_payments, import_subscribers
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.imports import Imported, PackagesImported, PaymentsImported, SubscriberRow
from ivr.domain.payments import PaymentRow
from ivr.domain.values import Money
from ivr.ports.subscribers import ImportProgress, Packages, SubscriberImports
from ivr.testing.demo import NUMBER
from ivr.testing.subscribers import MemoryPayments

CLERK = Actor(ActorKind.CLERK, "aygul", Channel.COMMAND)
KEY = OperationKey("run 1")
WRITTEN = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
GIVEN, HOUR, NOTHING = WRITTEN - timedelta(days=1), timedelta(hours=1), timedelta(0)


@dataclass
class Noting(SubscriberImports, Packages):
    """Notes what it is told; no package of ``over`` is there."""

    told: list[object] = field(default_factory=list)
    over: tuple[str, ...] = ()

    def take_over(
        self,
        actor: Actor,
        key: OperationKey,
        rows: Iterable[SubscriberRow],
        as_of: datetime | None = None,
        took: timedelta = NOTHING,
        progress: ImportProgress | None = None,
    ) -> Imported:
        self.told += (actor, key, as_of, took)
        return Imported(len(list(rows)))

    def set_left(
        self, actor: Actor, key: OperationKey, left: Mapping[str, int]
    ) -> PackagesImported:
        self.told += (actor, key)
        return PackagesImported(len(left) - len(self.over), len(self.over))


@pytest.mark.parametrize(
    ("as_of", "written", "expected"),
    [
        (GIVEN, None, (GIVEN, NOTHING)),
        (GIVEN, WRITTEN, (GIVEN, NOTHING)),
        (None, WRITTEN, (WRITTEN, HOUR)),
        (None, None, (None, HOUR)),
    ],
)
def test_rows_may_be_as_old_as_an_export_takes_unless_their_time_is_given(
    as_of: datetime | None, written: datetime | None, expected: tuple[object, ...]
) -> None:
    imports = Noting()
    import_subscribers(CLERK, KEY, [], imports, as_of=as_of, written=written)
    assert imports.told == [CLERK, KEY, *expected]


def test_payments_that_are_known_are_counted_apart() -> None:
    payments = MemoryPayments()
    rows = [PaymentRow(NUMBER, WRITTEN, Money(tenge)) for tenge in (100, 100, 200)]
    assert import_payments(CLERK, KEY, [rows[:2]], payments) == PaymentsImported(2, 0)
    assert import_payments(
        CLERK, OperationKey("run 2"), [rows, rows[:1]], payments
    ) == PaymentsImported(1, 3)


def test_packages_that_are_over_are_counted_apart() -> None:
    packages = Noting(over=("c:9",))
    left = {"c:1": 5, "c:2": 0, "c:9": 5}
    assert import_packages(CLERK, KEY, left, packages) == PackagesImported(2, 1)
    assert packages.told == [CLERK, KEY]

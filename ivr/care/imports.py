"""Imports of subscribers, payments and packages: who does them, as of when, and what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.imports import Imported, PackagesImported, PaymentsImported, SubscriberRow
from ivr.domain.payments import PaymentRow
from ivr.ports.subscribers import ImportProgress, Packages, Payments, SubscriberImports

EXPORT = timedelta(hours=1)
"""How long an export may take: a file is written when it ends, its rows are read from its begin."""


def import_subscribers(
    actor: Actor,
    key: OperationKey,
    rows: Iterable[SubscriberRow],
    imports: SubscriberImports,
    *,
    as_of: datetime | None = None,
    written: datetime | None = None,
    progress: ImportProgress | None = None,
) -> Imported:
    """Add or update every row, or none. What callers ordered since the rows were made stays.

    ``as_of`` is the time that the rows are of. If none is given they may be as old as an export
    takes before the file was ``written``; with neither, before now.
    """
    if as_of:
        return imports.take_over(actor, key, rows, as_of, progress=progress)
    return imports.take_over(actor, key, rows, written, EXPORT, progress)


def import_payments(
    actor: Actor, key: OperationKey, files: Sequence[Sequence[PaymentRow]], payments: Payments
) -> PaymentsImported:
    """Take over payments of files, all or none; a known one is kept once."""
    new = payments.add_files(actor, key, files)
    return PaymentsImported(new, sum(map(len, files)) - new)


def import_packages(
    actor: Actor, key: OperationKey, left: Mapping[str, int], packages: Packages
) -> PackagesImported:
    """Set what is left of packages, by the external id of the order that bought each."""
    return packages.set_left(actor, key, left)

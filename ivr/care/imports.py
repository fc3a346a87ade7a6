"""Imports of subscribers, payments and packages, with actor, time of the data, and result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.imports import Imported, PackagesImported, PaymentsImported, SubscriberRow
from ivr.domain.payments import PaymentRow
from ivr.ports.subscribers import ImportProgress, Packages, Payments, SubscriberImports

EXPORT = timedelta(hours=1)
"""Maximum duration of an export. Rows are read from its begin; the file's time is its end."""


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
    """Add or update every row, or none. Changes that callers ordered after the export stay.

    ``as_of`` is the time of the rows' data. Without it, the rows may be older than the time at
    which the file was ``written``, by the duration of an export; without both, older than now.
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

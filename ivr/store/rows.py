"""Import files of subscribers: one row for each number.

All rows are checked before any is imported. Errors name line and column and never show a secret.
Where an optional column is missing, the stored values stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ivr.domain.imports import SubscriberRow
from ivr.domain.values import Msisdn
from ivr.errors import Unusable
from ivr.sheet.findings import BadCell, Harmless
from ivr.sheet.table import Table
from ivr.store.row_cells import RowParser
from ivr.store.subscriber_row import COLUMNS as COLUMNS
from ivr.store.subscriber_row import HEADINGS, TEXTS
from ivr.store.subscriber_row import OPTIONAL as OPTIONAL
from ivr.store.subscriber_row import KnownCatalogueIds as KnownCatalogueIds

Row = SubscriberRow


def read_rows(file: Path, known: KnownCatalogueIds) -> Iterator[Row]:
    """Yield the rows of a file.

    Unusable: the file cannot be read, its header is wrong, or, after the last row, any row was
    bad; the text has a line for each bad row.
    """
    return SubscriberFile(file, known).rows()


def read_all(files: Sequence[SubscriberFile]) -> Iterator[Row]:
    """Yield the rows of several files, which share one ``Seen``.

    Unusable, after the last row, names the faults of all files.
    """
    refused: list[str] = []
    for file in files:
        try:
            for row in file.rows():
                if not refused:
                    yield row
        except Unusable as error:
            refused.append(str(error))
    if refused:
        raise Unusable("\n".join(refused))


class Seen:
    """The numbers in all files of an import, with the place of each."""

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._places: dict[Msisdn, int] = {}
        """File, line and fingerprint of a row, packed into one integer to save memory."""

    def begin(self, file: Path) -> None:
        """Start the next file: the rows that follow are in it."""
        self._files.append(file)

    def find(self, row: Row, line: int) -> tuple[str, bool] | None:
        """Return where the number occurred before and whether the row is equal; None: it is new."""
        mark = hash(_plain_of(row)) & 0xFFFF_FFFF
        known = self._places.get(row.msisdn)
        if known is None:
            self._places[row.msisdn] = (len(self._files) - 1) << 64 | line << 32 | mark
            return None
        file = self._files[known >> 64]
        of = "" if file is self._files[-1] else f" of {file}"
        return f"line {(known >> 32) & 0xFFFF_FFFF}{of}", known & 0xFFFF_FFFF == mark


def _plain_of(row: Row) -> tuple[object, ...]:
    """Return all values of a row for comparison, secrets too; they are not stored."""
    return (
        *(row.full_name, row.passport and row.passport.keys, row.language.value, row.tariff),
        *(row.status.value, row.balance.tenge, row.services),
        *(row.puk and row.puk.keys, *(getattr(row, name) for name in TEXTS)),
    )


class SubscriberFile:
    """One file of subscribers. ``table.notes`` is complete after its rows are read."""

    def __init__(self, file: Path, known: KnownCatalogueIds, seen: Seen | None = None) -> None:
        self.table = Table(file, HEADINGS)
        self._known = known
        self._seen = seen or Seen()

    def rows(self) -> Iterator[Row]:
        """Yield the rows as read_rows does."""
        table, seen = self.table, self._seen
        seen.begin(table.file)
        parser: RowParser | None = None
        for line, cells in table.rows():
            parser = parser or RowParser(table, self._known)
            try:
                row = parser.row(line, cells)
            except BadCell:
                table.fault(line, parser.faults(line, cells))
                continue
            if (known := seen.find(row, line)) is not None:
                place, is_same = known
                if is_same:
                    table.notes.add(Harmless.TWICE, line)
                else:
                    table.faults.add(line, f"{place} has the same number with other values")
            elif not table.faults:
                yield row
        table.faults.refuse()

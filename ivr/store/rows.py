"""The tables of subscribers that people hand in: one row a number.

Every row is checked before any is taken. What is wrong is named by line and column; a secret is
never repeated. A column that may be missing leaves what is known as it is.
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
    """The rows of a file, one after another.

    Unusable: the file cannot be read, its header is wrong, or, after the last row, any row was
    bad; the text has a line for each.
    """
    return SubscriberFile(file, known).rows()


def read_all(files: Sequence[SubscriberFile]) -> Iterator[Row]:
    """The rows of several files, which share one ``Seen``.

    Unusable names the faults of all of them, after the last row.
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
    """The numbers of an import, of all its files, with the place of each."""

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._places: dict[Msisdn, int] = {}
        """File, line and fingerprint of a row in one number: there may be millions."""

    def begin(self, file: Path) -> None:
        """The rows that follow are of another file."""
        self._files.append(file)

    def find(self, row: Row, line: int) -> tuple[str, bool] | None:
        """Where a number stands already, and whether with the same words; None: it is new."""
        mark = hash(_plain_of(row)) & 0xFFFF_FFFF
        known = self._places.get(row.msisdn)
        if known is None:
            self._places[row.msisdn] = (len(self._files) - 1) << 64 | line << 32 | mark
            return None
        file = self._files[known >> 64]
        of = "" if file is self._files[-1] else f" of {file}"
        return f"line {(known >> 32) & 0xFFFF_FFFF}{of}", known & 0xFFFF_FFFF == mark


def _plain_of(row: Row) -> tuple[object, ...]:
    """What makes two rows the same, secrets too; it is never kept."""
    return (
        *(row.full_name, row.passport and row.passport.keys, row.language.value, row.tariff),
        *(row.status.value, row.balance.tenge, row.services),
        *(row.puk and row.puk.keys, *(getattr(row, name) for name in TEXTS)),
    )


class SubscriberFile:
    """One file of subscribers. ``table.notes`` is complete when its rows are read."""

    def __init__(self, file: Path, known: KnownCatalogueIds, seen: Seen | None = None) -> None:
        self.table = Table(file, HEADINGS)
        self._known = known
        self._seen = seen or Seen()

    def rows(self) -> Iterator[Row]:
        """As read_rows."""
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
                    table.faults.add(line, f"the number stands in {place} already, otherwise")
            elif not table.faults:
                yield row
        table.faults.refuse()

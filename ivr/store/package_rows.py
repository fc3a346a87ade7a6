"""The import file of the packages' remaining amounts: one row for each package."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from ivr.sheet.amounts import read_count
from ivr.sheet.cells import bare, check_whole, digits
from ivr.sheet.findings import BadCell, Harmless, failures, shown
from ivr.sheet.header import Heading
from ivr.sheet.table import Table
from ivr.system.printable import hidden, named

HEADINGS = (
    Heading(
        "external_id",
        (
            *("order", "order id", "external order id", "заказ", "номер заказа"),
            *("sargyt", "sargyt belgisi"),
        ),
    ),
    Heading(
        "left",
        (
            *("rest", "remaining", "balance", "остаток", "осталось"),
            *("galyndy", "galan", "galany"),
        ),
        is_number=True,
    ),
)
COLUMNS = tuple(heading.name for heading in HEADINGS)
MOST = 10**9
Unknown = Callable[[Collection[str]], Collection[str]]
"""Returns those external ids that no order has."""


def read_left(file: Path) -> dict[str, int]:
    """Read the remaining amounts by the order's external id.

    Unusable names every bad row by line and column.
    """
    return PackageFile(file).rows(lambda _ids: ())


class PackageFile:
    """One file of the meter. ``table.notes`` is complete after its rows are read."""

    def __init__(self, file: Path) -> None:
        self.table = Table(file, HEADINGS)

    def rows(self, unknown: Unknown) -> dict[str, int]:
        """Read the rows as read_left does; ids of ``unknown`` orders are faults too."""
        table = self.table
        left: dict[str, int] = {}
        lines: dict[str, int] = {}
        for line, (id_cell, left_cell) in table.rows():
            try:
                id, count = self._id(id_cell, line), self._count(left_cell, line)
            except BadCell:
                parts = partial(self._id, id_cell, line), partial(self._count, left_cell, line)
                table.fault(line, failures(parts))
                continue
            if left.setdefault(id, count) != count:
                table.faults.add(line, f"line {lines[id]} has the same order with another value")
            elif lines.setdefault(id, line) != line:
                table.notes.add(Harmless.TWICE, line)
        for id in unknown(left):
            label = table.layout.labels["external_id"]
            table.faults.add(lines[id], f"{label} {shown(id)}: no package was bought by this order")
        table.faults.refuse()
        return left

    def _id(self, cell: str, line: int) -> str:
        text = _plain("external_id", cell, self.table, line)
        if not text:
            raise BadCell("external_id", "is empty")
        return digits("external_id", text) if "E" in text.upper() else text

    def _count(self, cell: str, line: int) -> int:
        text = _plain("left", cell, self.table, line)
        try:
            count = read_count(text)
        except ValueError as error:
            raise BadCell("left", str(error) if text else "is empty") from None
        if count > MOST:
            raise BadCell("left", "has too many digits")
        return count


def _plain(column: str, cell: str, table: Table, line: int) -> str:
    text = bare(cell, table.notes, line)
    check_whole(column, text)
    if odd := hidden(text):
        raise BadCell(column, f"has an invisible character ({named(odd)}): remove it")
    return text

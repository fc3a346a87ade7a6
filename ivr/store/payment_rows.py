"""The import file of payments: one row for each payment."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.domain.payments import PaymentRow
from ivr.domain.values import Money
from ivr.ports.subscribers import Subscribers
from ivr.sheet.cells import bare, check_whole, digits
from ivr.sheet.findings import BadCell, Harmless, failures, shown
from ivr.sheet.header import Heading
from ivr.sheet.moments import read_moment
from ivr.sheet.table import Table
from ivr.store.row_cells import read_money, read_msisdn
from ivr.store.subscriber_row import HEADINGS as OF_SUBSCRIBERS
from ivr.system.printable import hidden, named

HEADINGS = (
    OF_SUBSCRIBERS[0],
    Heading(
        "at",
        (
            *("date", "time", "datetime", "date time", "date and time", "paid at", "payment date"),
            *("дата", "время", "дата и время", "дата платежа", "дата оплаты"),
            *("sene", "senesi", "wagty", "senesi we wagty", "töleg senesi"),
        ),
    ),
    Heading(
        "amount",
        (
            *("sum", "payment", "amount paid", "сумма", "сумма платежа", "платеж", "платёж"),
            *("möçber", "möçberi", "mukdar", "mukdary", "töleg"),
        ),
        is_number=True,
    ),
    Heading(
        "reference",
        (
            *("ref", "id", "payment id", "transaction", "transaction id", "receipt", "document"),
            *("номер платежа", "номер квитанции", "квитанция", "документ", "ид", "транзакция"),
            *("salgylanma", "kwitansiýa", "töleg belgisi", "resminama"),
        ),
        optional=True,
    ),
)
COLUMNS = tuple(heading.name for heading in HEADINGS)
LONGEST_REFERENCE = 100
_REFERENCE = "reference"


def read_payments(file: Path, subscribers: Subscribers, zone: ZoneInfo) -> list[PaymentRow]:
    """Read the rows of a file. Unusable names every bad row by line and column."""
    return PaymentFile(file).rows(subscribers, zone)


class PaymentFile:
    """One file of payments. ``table.notes`` is complete after its rows are read."""

    def __init__(self, file: Path) -> None:
        self.table = Table(file, HEADINGS)

    def rows(self, subscribers: Subscribers, zone: ZoneInfo) -> list[PaymentRow]:
        """Read the rows as read_payments does."""
        table = self.table
        found: dict[int, PaymentRow] = {}
        places: dict[tuple[str, str], int] = {}
        for line, cells in table.rows():
            try:
                row = self._row(line, cells, zone)
            except BadCell:
                table.fault(line, self._faults(line, cells, zone))
                continue
            first = places.setdefault((row.number, row.reference), line) if row.reference else line
            if first == line:
                found[line] = row
            elif found[first] == row:
                table.notes.add(Harmless.TWICE, line)
            else:
                table.faults.add(line, f"line {first} has the same reference with other values")
        known = subscribers.among({row.number for row in found.values()})
        for line, row in found.items():
            if row.number not in known:
                table.faults.add(
                    line, f"{table.layout.labels['msisdn']} is not a subscriber's number"
                )
        table.faults.refuse()
        return list(found.values())

    def _row(self, line: int, cells: tuple[str, ...], zone: ZoneInfo) -> PaymentRow:
        number, at, amount, reference = cells
        return PaymentRow(
            read_msisdn("msisdn", self._bare("msisdn", number, line)),
            self._moment(at, zone, line),
            self._money(amount, line),
            self._reference(reference, line),
        )

    def _faults(self, line: int, cells: tuple[str, ...], zone: ZoneInfo) -> list[BadCell]:
        number, at, amount, reference = cells
        return failures(
            (
                lambda: read_msisdn("msisdn", self._bare("msisdn", number, line)),
                partial(self._moment, at, zone, line),
                partial(self._money, amount, line),
                partial(self._reference, reference, line),
            )
        )

    def _moment(self, cell: str, zone: ZoneInfo, line: int) -> datetime:
        text = self._bare("at", cell, line)
        try:
            return read_moment(text, zone, self.table.notes, line)
        except ValueError as error:
            raise BadCell("at", str(error) if text else "is empty") from None

    def _money(self, cell: str, line: int) -> Money:
        text = self._bare("amount", cell, line)
        money = read_money("amount", text)
        if money.tenge <= 0:
            raise BadCell("amount", f"{shown(text)} must be more than 0")
        return money

    def _reference(self, cell: str, line: int) -> str:
        text = digits(_REFERENCE, self._bare(_REFERENCE, cell, line))
        if len(text) > LONGEST_REFERENCE:
            raise BadCell(_REFERENCE, f"has more than {LONGEST_REFERENCE} letters")
        return text

    def _bare(self, column: str, cell: str, line: int) -> str:
        text = bare(cell, self.table.notes, line)
        check_whole(column, text)
        if odd := hidden(text):
            raise BadCell(column, f"has an invisible character ({named(odd)}): remove it")
        return text

"""The CSV of payments: UTF-8, the header msisdn,at,amount, one row a payment."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.care.numbering import NationalNumbering
from ivr.errors import Unusable
from ivr.ports import Subscribers
from ivr.store.rows import MOST_MANAT, shown
from ivr.values import Money, Msisdn

COLUMNS = ("msisdn", "at", "amount")
NAMED = 20
"""Bad rows that are named; the rest is counted."""
PaymentRow = tuple[Msisdn, datetime, Money]


def read_payments(file: Path, subscribers: Subscribers, zone: ZoneInfo) -> list[PaymentRow]:
    """The rows of a file. Unusable names every bad one by line and reason."""
    rows: list[PaymentRow] = []
    bad: list[str] = []
    for line, cells in _records(file):
        try:
            rows.append(_row(cells, subscribers, zone))
        except ValueError as error:
            bad.append(f"line {line}: {error}")
    if bad:
        more = [f"and {len(bad) - NAMED} more"] if len(bad) > NAMED else []
        lines = [f"{file}: nothing was imported; mend these rows:", *bad[:NAMED], *more]
        raise Unusable("\n  ".join(lines))
    return rows


def _records(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            header = next(reader, [])
            if tuple(cell.strip().lower() for cell in header) != COLUMNS:
                raise Unusable(f"{file}: the first line must be {','.join(COLUMNS)}")
            for cells in reader:
                if cells:
                    yield reader.line_num, cells
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise Unusable(f"{file}: not UTF-8; save the file as UTF-8") from None
    except csv.Error as error:
        raise Unusable(f"{file}: not CSV ({error})") from None


def _row(cells: list[str], subscribers: Subscribers, zone: ZoneInfo) -> PaymentRow:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells where {len(COLUMNS)} belong")
    number_text, at_text, amount_text = (cell.strip() for cell in cells)
    number = NationalNumbering().parse(number_text)
    if number is None or subscribers.find(number) is None:
        raise ValueError("msisdn is no subscriber's number")
    try:
        at = datetime.fromisoformat(at_text)
    except ValueError:
        raise ValueError(f"at {shown(at_text)} is not a time, as 2026-11-22 10:30 is") from None
    if not MINYEAR < at.year < MAXYEAR:  # in another time zone it would be none
        raise ValueError(f"at {shown(at_text)} is not a time, as 2026-11-22 10:30 is")
    try:
        amount = Money.from_manat(amount_text)
    except ValueError:
        raise ValueError(
            f"amount {shown(amount_text)} is not an amount in manat, as 45.30"
        ) from None
    if amount.tenge <= 0:
        raise ValueError("amount is not more than nothing")
    if amount.tenge > MOST_MANAT * 100:
        raise ValueError("amount has too many digits")
    return number, at if at.tzinfo else at.replace(tzinfo=zone), amount

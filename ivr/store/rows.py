"""The CSV of subscribers: UTF-8, a header, one row a number.

Every row is checked before any is taken. What is wrong is named by line and reason; a secret is
never repeated.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from ivr.care.folding import passport_keys
from ivr.care.numbering import NationalNumbering
from ivr.errors import Unusable
from ivr.ports import Status
from ivr.printable import hidden, named
from ivr.values import Language, Money, Msisdn, Secret, ServiceId

COLUMNS = (
    "msisdn",
    "full_name",
    "passport",
    "language",
    "tariff",
    "status",
    "balance",
    "services",
    "puk",
    "company",
)
OPTIONAL = ("tax_number", "address", "contract")
"""Columns that a file may have besides: what an invoice says of its payer."""
LONGEST = {"tax_number": 20, "address": 200, "contract": 40}
"""Letters that fit on the invoice."""
NAMED = 20
"""Bad rows that are named; the rest is counted."""
_PLAIN = re.compile(r"993(6[0-9]|71)[0-9]{6}")
"""A number in the form in which it is kept; any other form is left to the numbering plan."""
_PUK = re.compile(r"[0-9]{8}")
LONGEST_SHOWN = 60
"""Letters of a cell."""
MOST_MANAT = 10**12
"""More than any account holds, and than fits into a column."""


@dataclass(frozen=True, slots=True)
class Row:
    """A subscriber as the file has it. Empty passport or PUK: the file does not know."""

    msisdn: Msisdn
    full_name: str
    passport: Secret | None
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: frozenset[ServiceId]
    puk: Secret | None
    company: str
    tax_number: str | None = None
    """None: the file has no such column; empty: there is none. Likewise the next two."""
    address: str | None = None
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may name: the catalogue's services and tariffs."""

    services: Collection[str]
    tariffs: Collection[str]


class _Bad(Exception):
    """Why a row cannot be taken."""


def read_rows(file: Path, known: Known) -> Iterator[Row]:
    """The rows of a file, one after another.

    Unusable: the file cannot be read, its header is wrong, or, after the last row, any row was
    bad; the text has a line for each.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            yield from _checked(file, text, known)
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None


def _checked(file: Path, text: TextIO, known: Known) -> Iterator[Row]:
    bad: list[str] = []
    more = 0
    first_lines: dict[str, int] = {}
    place: Mapping[str, int] | None = None
    for line, cells in _records(file, text):
        if place is None:
            place = _header(file, cells)
            continue
        try:
            row = _row(cells, place, known)
            if row.msisdn in first_lines:
                raise _Bad(f"the number stands in line {first_lines[row.msisdn]} already")
            first_lines[row.msisdn] = line
        except _Bad as error:
            if len(bad) < NAMED:
                bad.append(f"line {line}: {error}")
            else:
                more += 1
            continue
        if not bad:
            yield row
    if place is None:
        _header(file, [])
    if bad:
        named = [*bad, f"and {more} more"] if more else bad
        raise Unusable("\n  ".join([f"{file}: nothing was imported; mend these rows:", *named]))


def _records(file: Path, text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Records with the line that each begins at; empty lines are left out."""
    reader = csv.reader(text, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise Unusable(
                f"{file}: not UTF-8, at line {line} or after it; save the file as UTF-8"
            ) from None
        except csv.Error as error:
            raise Unusable(f"{file}: line {line}: not CSV ({error})") from None
        if cells:
            yield line, cells


def _header(file: Path, cells: Sequence[str]) -> Mapping[str, int]:
    names = [cell.strip().lower() for cell in cells]
    wanted = f"; the first line must be {','.join(COLUMNS)}"
    if missing := [name for name in COLUMNS if name not in names]:
        raise Unusable(f"{file}: the header lacks {', '.join(missing)}{wanted}")
    known = [*COLUMNS, *(name for name in OPTIONAL if name in names)]
    if len(names) > len(known):
        foreign = [name for name in names if name not in known] or ["a column twice"]
        raise Unusable(
            f"{file}: the header has {', '.join(map(shown, foreign[:NAMED]))} too many{wanted}"
            f", and may have {', '.join(OPTIONAL)}"
        )
    return {name: names.index(name) for name in known}


def _row(cells: Sequence[str], place: Mapping[str, int], known: Known) -> Row:
    if len(cells) != len(place):
        raise _Bad(f"{len(cells)} cells where {len(place)} belong")
    cell = {name: cells[index].strip() for name, index in place.items()}
    for name, text in cell.items():
        if odd := hidden(text):
            raise _Bad(f"{name} has a character that is not seen ({named(odd)}): remove it")
    return Row(
        msisdn=_msisdn(cell["msisdn"]),
        full_name=_given(cell["full_name"], "full_name"),
        passport=_passport(cell["passport"]),
        language=_one_of(Language, cell["language"], "language"),
        tariff=_tariff(cell["tariff"], known),
        status=_one_of(Status, cell["status"], "status"),
        balance=_balance(cell["balance"]),
        services=_services(cell["services"], known),
        puk=_puk(cell["puk"]),
        company=cell["company"],
        **{name: _short(cell[name], name) for name in OPTIONAL if name in cell},
    )


_NUMBERING = NationalNumbering()


def _msisdn(text: str) -> Msisdn:
    if _PLAIN.fullmatch(text):
        return Msisdn(text)
    number = _NUMBERING.parse(text)
    if number is None:
        raise _Bad("msisdn is not a mobile number, as in 99365123456")
    return number


def _given(text: str, name: str) -> str:
    if not text:
        raise _Bad(f"{name} is empty")
    return text


def _short(text: str, name: str) -> str:
    if len(text) > LONGEST[name]:
        raise _Bad(f"{name} has more than {LONGEST[name]} letters")
    return text


def _passport(text: str) -> Secret | None:
    if not text:
        return None
    keys = passport_keys(text)
    if keys is None:
        raise _Bad("passport is not written like II-MR 123456")
    return Secret(keys)


def _puk(text: str) -> Secret | None:
    if not text:
        return None
    if not _PUK.fullmatch(text):
        raise _Bad("puk is not 8 digits")
    return Secret(text)


def shown(cell: str) -> str:
    """A cell as a sentence names it, which nobody reads if it is long."""
    return repr(cell if len(cell) <= LONGEST_SHOWN else f"{cell[:LONGEST_SHOWN]}…")


_Choice = TypeVar("_Choice", Language, Status)


def _one_of(choices: type[_Choice], text: str, name: str) -> _Choice:
    try:
        return choices(text.lower())
    except ValueError:
        raise _Bad(f"{name} {shown(text)} is none of {', '.join(choices)}") from None


def _tariff(text: str, known: Known) -> str:
    if text not in known.tariffs:
        raise _Bad(f"tariff {shown(text)} is not in the catalogue ({', '.join(known.tariffs)})")
    return text


def _balance(text: str) -> Money:
    try:
        money = Money.from_manat(text)
    except ValueError:
        raise _Bad(f"balance {shown(text)} is not an amount in manat, as in 45.30") from None
    if abs(money.tenge) > MOST_MANAT * 100:
        raise _Bad("balance has too many digits")
    return money


def _services(text: str, known: Known) -> frozenset[ServiceId]:
    ids = frozenset(ServiceId(part.strip()) for part in text.split(";") if part.strip())
    if unknown := sorted(id for id in ids if id not in known.services):
        raise _Bad(f"service {', '.join(map(shown, unknown[:NAMED]))} is not in the catalogue")
    return ids

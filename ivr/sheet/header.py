"""Find the separator and the header of a table, whatever lines come before the header."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ivr.errors import Unusable
from ivr.sheet.findings import shown

SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 20
"""Number of records among which the header is searched."""
NAMED = 20
"""Maximum number of columns that a sentence names."""
_SEP = re.compile(r'"?sep=([,;\t|:^~!&/])"?[,;\t|\s]*', re.IGNORECASE)
_UNITS = re.compile(r"\(.*?\)|\[.*?\]|[,/]\s*(tmt|manat|манат|mb|мб|sms)\w*\s*$|№|[*:\"'’«»“”]")
_SERIES = re.compile(r"[#№]|n|no|nr|пп|tb|row|стр")
"""Folded headings of a column that only numbers the rows."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name and its alternative names."""

    name: str
    spellings: tuple[str, ...] = ()
    optional: bool = False
    is_number: bool = False
    """Whether it may have decimals, whose comma may be taken for a separator."""


@dataclass(frozen=True)
class Layout:
    """The columns of a file."""

    headings: tuple[Heading, ...]
    place: Mapping[str, int]
    labels: Mapping[str, str]
    """Column names for sentences, with the file's own spelling if it differs."""
    width: int
    unnamed: tuple[int, ...] = ()
    """Columns without a heading; they must be empty."""

    def has(self, name: str) -> bool:
        return name in self.place

    @cached_property
    def _places(self) -> tuple[int, ...]:
        return tuple(self.place.get(each.name, -1) for each in self.headings)

    def pick(self, cells: list[str]) -> tuple[str, ...]:
        """Return the cells of a record in the order of the headings; empty for missing columns."""
        return tuple([cells[at] if at >= 0 else "" for at in self._places])


def fold(text: str) -> str:
    """Normalise a column's name for comparison: no case, marks, units and spaces."""
    plain = unicodedata.normalize("NFKD", _UNITS.sub("", text.strip().lower()))
    return "".join(each for each in plain if each.isalnum())


def known_names(headings: Sequence[Heading]) -> Mapping[str, str]:
    """Return the folded spellings with the column that each means."""
    return {
        fold(spelling): heading.name
        for heading in headings
        for spelling in (heading.name, *heading.spellings)
    }


def told_separator(line: str) -> str | None:
    """Return the separator that a first line ``sep=;`` states."""
    found = _SEP.fullmatch(line.strip(" \r\n\ufeff"))
    return found.group(1) if found else None


def choose_separator(lines: Sequence[str], headings: Sequence[Heading]) -> str:
    """Return the separator that gives the most known column names, or else the most cells."""
    if lines and (told := told_separator(lines[0])):
        return told
    names = known_names(headings)

    def weight(separator: str) -> tuple[int, int]:
        records = list(records_of(lines, separator))
        most = max((count_known(cells, names) for cells in records), default=0)
        return most, max((len(cells) for cells in records), default=0)

    return max(SEPARATORS, key=weight)


def records_of(lines: Iterable[str], separator: str) -> Iterable[list[str]]:
    """Yield the first records, up to the first one that cannot be parsed."""
    try:
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error:
        return


def count_known(cells: Sequence[str], names: Mapping[str, str]) -> int:
    return len({names[folded] for each in cells if (folded := fold(each)) in names})


def read_header(file: Path, cells: Sequence[str], headings: tuple[Heading, ...]) -> Layout:
    """Return the layout of a file's columns. Unusable: one is missing, unknown or duplicate."""
    names = known_names(headings)
    wanted = f"the first line must be {','.join(each.name for each in headings)}"
    place: dict[str, int] = {}
    labels: dict[str, str] = {}
    unnamed: list[int] = []
    foreign: list[str] = []
    for index, cell in enumerate(cells):
        text = cell.strip(" \t\r\n\ufeff\xa0\u200b")
        name = names.get(fold(text))
        if name in place:
            raise Unusable(f"{file}: the header has {name} twice; {wanted}")
        if name is not None:
            place[name] = index
            labels[name] = name if text.lower() == name else f"{name} ({shown(text)[1:-1]})"
        elif not text:
            unnamed.append(index)
        elif not _SERIES.fullmatch(fold(text) or text):
            foreign.append(text)
    missing = [each.name for each in headings if not each.optional and each.name not in place]
    if missing:
        lacks = f"the header lacks {', '.join(missing)}" if place else "there is no header"
        if len(cells) == 1 and any(
            count_known(cells[0].split(each), names) > 1 for each in SEPARATORS
        ):
            lacks = "each line is a single cell in quotes; split it into columns and export again"
        raise Unusable(f"{file}: {lacks}{_meant(foreign, names)}; {wanted}")
    if foreign:
        many = ", ".join(map(shown, foreign[:NAMED]))
        raise Unusable(
            f"{file}: the header has unknown columns: {many}{_meant(foreign, names)}; {wanted}"
        )
    return Layout(headings, place, labels, len(cells), tuple(unnamed))


def _meant(foreign: Collection[str], names: Mapping[str, str]) -> str:
    for each in foreign:
        if close := difflib.get_close_matches(fold(each), names, 1, 0.75):
            return f" ({shown(each)} may be meant as {names[close[0]]})"
    return ""

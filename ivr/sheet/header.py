"""Which separator a table has, and where its header is, whatever stands before it."""

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
"""Records among which the header is looked for."""
NAMED = 20
"""Columns that a sentence names."""
_SEP = re.compile(r'"?sep=([,;\t|:^~!&/])"?[,;\t|\s]*', re.IGNORECASE)
_UNITS = re.compile(r"\(.*?\)|\[.*?\]|[,/]\s*(tmt|manat|манат|mb|мб|sms)\w*\s*$|№|[*:\"'’«»“”]")
_SERIES = re.compile(r"[#№]|n|no|nr|пп|tb|row|стр")
"""Headings of a column that only counts the rows; folded."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name, and other names that people give it."""

    name: str
    spellings: tuple[str, ...] = ()
    optional: bool = False
    is_number: bool = False
    """It may have decimals, whose comma may be taken for a separator."""


@dataclass(frozen=True)
class Layout:
    """Which column of a file is which."""

    headings: tuple[Heading, ...]
    place: Mapping[str, int]
    labels: Mapping[str, str]
    """Names as a sentence has them: with the file's own spelling where it is another."""
    width: int
    unnamed: tuple[int, ...] = ()
    """Columns without a heading: nothing may stand there."""

    def has(self, name: str) -> bool:
        return name in self.place

    @cached_property
    def _places(self) -> tuple[int, ...]:
        return tuple(self.place.get(each.name, -1) for each in self.headings)

    def pick(self, cells: list[str]) -> tuple[str, ...]:
        """The cells of a record in the order of the headings; empty where the file has none."""
        return tuple([cells[at] if at >= 0 else "" for at in self._places])


def fold(text: str) -> str:
    """A column's name as it is compared: without case, marks, units and spaces."""
    plain = unicodedata.normalize("NFKD", _UNITS.sub("", text.strip().lower()))
    return "".join(each for each in plain if each.isalnum())


def known_names(headings: Sequence[Heading]) -> Mapping[str, str]:
    """Folded spellings, and the column that each means."""
    return {
        fold(spelling): heading.name
        for heading in headings
        for spelling in (heading.name, *heading.spellings)
    }


def told_separator(line: str) -> str | None:
    """The separator that a first line ``sep=;`` tells."""
    found = _SEP.fullmatch(line.strip(" \r\n\ufeff"))
    return found.group(1) if found else None


def choose_separator(lines: Sequence[str], headings: Sequence[Heading]) -> str:
    """The separator by which most names of columns are found, or else most cells."""
    if lines and (told := told_separator(lines[0])):
        return told
    names = known_names(headings)

    def weight(separator: str) -> tuple[int, int]:
        records = list(records_of(lines, separator))
        most = max((count_known(cells, names) for cells in records), default=0)
        return most, max((len(cells) for cells in records), default=0)

    return max(SEPARATORS, key=weight)


def records_of(lines: Iterable[str], separator: str) -> Iterable[list[str]]:
    """The first records, as far as they are any."""
    try:
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error:
        return


def count_known(cells: Sequence[str], names: Mapping[str, str]) -> int:
    return len({names[folded] for each in cells if (folded := fold(each)) in names})


def read_header(file: Path, cells: Sequence[str], headings: tuple[Heading, ...]) -> Layout:
    """What the columns of a file are. Unusable: one is missing, unknown or there twice."""
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
        raise Unusable(f"{file}: the header has {many} too many{_meant(foreign, names)}; {wanted}")
    return Layout(headings, place, labels, len(cells), tuple(unnamed))


def _meant(foreign: Collection[str], names: Mapping[str, str]) -> str:
    for each in foreign:
        if close := difflib.get_close_matches(fold(each), names, 1, 0.75):
            return f" ({shown(each)} may be meant as {names[close[0]]})"
    return ""

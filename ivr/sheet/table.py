"""Read the rows of a table, whatever surrounds them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from ivr.errors import Unusable
from ivr.sheet.encoding import open_text
from ivr.sheet.findings import BadCell, Faults, Harmless, Notes
from ivr.sheet.header import (
    LOOKED_AT,
    Heading,
    Layout,
    choose_separator,
    count_known,
    fold,
    known_names,
    read_header,
    told_separator,
)
from ivr.sheet.lines import MARGIN, is_bare_sum, is_blank, is_comment, is_footer, is_total

SAMPLE = 1 << 16
"""Letters of a line that are examined to detect the separator."""
_DIGITS = re.compile(r"\s*-?[0-9]{1,12}\s*")
_QUOTES = {
    "unexpected end of data": "a quote is opened but not closed",
    "field larger than": "a cell is too long, or its quote is not closed",
    "expected after": 'a quote within a cell must be written twice ("")',
}


class Table:
    """One file. ``notes`` and ``faults`` are filled while its rows are read;
    ``layout`` is set then."""

    layout: Layout

    def __init__(self, file: Path, headings: tuple[Heading, ...]) -> None:
        """The first heading is the key column: every row must have it."""
        self.file = file
        self.headings = headings
        self.notes = Notes()
        self.faults = Faults(file)
        self._names = known_names(headings)
        self._cut: tuple[int, list[str]] = (0, [])
        """The last record that had separators at its end."""

    def fault(self, line: int, errors: Sequence[BadCell]) -> None:
        """Note the faults in the cells of a row, with the file's own column names.

        If the record had too many cells, a separator within a cell has moved the following ones.
        """
        cut, cells = self._cut
        if cut == line:
            self.faults.add(line, self._width(cells, self.layout.width))
            return
        for error in errors:
            self.faults.add(line, f"{self._label(error.column)} {error}")

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield cells in the order of the headings, with the first line number of each row.

        Unusable: the file cannot be read, is of another type, or its header is wrong. A row with a
        wrong number of cells is a fault.
        """
        with open_text(self.file, self.notes) as text:
            yield from self._rows(text)

    def _rows(self, text: TextIO) -> Iterator[tuple[int, tuple[str, ...]]]:
        records = self._records(text)
        self.layout = self._find_header(records)
        key, width = self.layout.place[self.headings[0].name], self.layout.width
        pick, unnamed = self.layout.pick, self.layout.unnamed
        held: list[tuple[int, str, Harmless]] = []
        """Lines that may be footers after the last row, with the fault to
        report if a row follows."""
        count = 0
        for line, cells in records:
            is_plain = len(cells) == width and cells[key][:1].isdigit() and not unnamed
            taken = cells if is_plain else self._sifted(line, cells, key)
            if taken is None:
                continue
            if not is_plain and is_bare_sum(taken, key):
                held.append(
                    (line, f"{self._label(self.headings[0].name)} is empty", Harmless.TOTAL)
                )
                continue
            if not is_plain and count and is_footer(taken, key):
                held.append((line, self._width(taken, width), Harmless.FOOTER))
                continue
            for each, fault, _ in held:
                self.faults.add(each, fault)
            held.clear()
            count += 1
            if len(taken) != width:
                self.faults.add(line, self._width(taken, width))
                continue
            yield line, pick(taken)
        for each, _, kind in held:
            self.notes.add(kind, each)
        if not count:
            self.notes.sentences.append("the file has a header and no rows")

    def _records(self, text: TextIO) -> Iterator[tuple[int, list[str]]]:
        """Yield non-empty records with their first line number."""
        line = 1
        try:
            lines = [each[:SAMPLE] for each in islice(text, LOOKED_AT)]
            self._separator = choose_separator(lines, self.headings)
            text.seek(0)
            reader = csv.reader(text, delimiter=self._separator, strict=True)
            while True:
                line = reader.line_num + 1
                cells = next(reader, None)
                if cells is None:
                    return
                if cells:
                    yield line, cells
        except UnicodeDecodeError:
            raise Unusable(
                f"{self.file}: at line {line} or after it the file is cut off or damaged:"
                " save it again as UTF-8"
            ) from None
        except csv.Error as error:
            said = next((said for part, said in _QUOTES.items() if part in str(error)), str(error))
            self.faults.add(line, f"not CSV ({said})")

    def _find_header(self, records: Iterator[tuple[int, list[str]]]) -> Layout:
        """Read up to the header: the first record that names the key or any column."""
        before: list[tuple[int, list[str]]] = []
        for line, cells in islice(records, LOOKED_AT):
            if line == 1 and told_separator(self._separator.join(cells)):
                continue
            if self._is_header(cells) or (len(cells) > 1 and self._names_key(cells)):
                for each, _ in before:
                    self.notes.add(Harmless.TITLE, each)
                return read_header(self.file, cells, self.headings)
            if "".join(cells).strip(MARGIN):
                before.append((line, cells))
        self.faults.refuse()
        return read_header(self.file, before[0][1] if before else [], self.headings)

    def _is_header(self, cells: Sequence[str]) -> bool:
        known = count_known(cells, self._names)
        return known * 2 >= len([each for each in self.headings if not each.optional]) > 0

    def _names_key(self, cells: Sequence[str]) -> bool:
        return any(self._names.get(fold(each)) == self.headings[0].name for each in cells)

    def _sifted(self, line: int, cells: list[str], key: int) -> list[str] | None:
        """Return a record that may be a row, without trailing separators;
        None if it is not a row."""
        width = self.layout.width
        if is_blank(cells):
            self.notes.add(Harmless.BLANK, line)
        elif is_comment(cells, key):
            self.notes.add(Harmless.COMMENT, line)
        elif self._is_header(cells):
            self.notes.add(Harmless.HEADER, line)
        elif is_total(cells, key):
            self.notes.add(Harmless.TOTAL, line)
        else:
            is_over = len(cells) > width and not "".join(cells[width:]).strip(MARGIN)
            if is_over and not self._decimals(cells):
                self._cut = line, cells
                cells = cells[:width]
                self.notes.add(Harmless.TRAILING, line)
            for index in self.layout.unnamed:
                if index < len(cells) and cells[index].strip(MARGIN):
                    self.faults.add(line, f"column {index + 1} has no name in the header")
                    return None
            return cells
        return None

    def _width(self, cells: list[str], width: int) -> str:
        names = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
        name = names.get(self._separator, repr(self._separator))
        if len(cells) < width:
            way = f"{name} is missing"
        elif decimal := self._decimals(cells):
            way = f"a decimal comma must be in quotes: {decimal}"
        else:
            way = f"a cell with {name} in it must be in quotes"
        return f"{len(cells)} cells instead of {width}: {way}"

    def _decimals(self, cells: list[str]) -> str:
        """Return a number that its decimal comma has split, in a record with too many cells."""
        if self._separator != ",":
            return ""
        for heading in self.headings:
            at = self.layout.place.get(heading.name, len(cells))
            two = cells[at : at + 2]
            if heading.is_number and len(two) == 2 and all(map(_DIGITS.fullmatch, two)):
                return f'"{two[0].strip()},{two[1].strip()}"'
        return ""

    def _label(self, name: str) -> str:
        return self.layout.labels.get(name, name)

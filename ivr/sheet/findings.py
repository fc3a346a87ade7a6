"""The notes and faults of a table, by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from pathlib import Path

from ivr.errors import Unusable

NAMED = 20
"""Maximum number of faults that are listed; the rest is counted."""
LONGEST_SHOWN = 60
"""Maximum letters of a cell that a sentence repeats."""


class Harmless(StrEnum):
    """Deviations that are ignored; the value is the text of the note, before its count."""

    BLANK = "rows without content were ignored"
    TITLE = "lines before the header were ignored"
    COMMENT = "lines that begin with # were ignored"
    HEADER = "repeated headers were ignored"
    FOOTER = "lines after the last row were ignored"
    TOTAL = "rows of totals were ignored"
    TWICE = "duplicate rows were used once"
    TRAILING = "separators at the end of rows were ignored"
    MARKS = "invisible characters were removed from cells"
    WRAPPED = 'marks around cells for a spreadsheet (="…", an apostrophe, quotes) were removed'
    NOTHING = "cells with NULL, - or the like were read as empty"
    SERIAL = "day numbers of a spreadsheet were read as dates"


@dataclass
class Notes:
    """The ignored deviations of one file: each kind once, with its count and first line."""

    sentences: list[str] = field(default_factory=list)
    """Notes about the whole file, such as its encoding."""
    _counts: dict[Harmless, list[int]] = field(default_factory=dict)

    def add(self, kind: Harmless, line: int) -> None:
        known = self._counts.setdefault(kind, [0, line])
        known[0] += 1

    def lines(self) -> list[str]:
        """Return a sentence for each kind."""
        counted = [
            f"{kind}: {count} (line {line}{' first' if count > 1 else ''})"
            for kind, (count, line) in self._counts.items()
        ]
        return self.sentences + counted


class BadCell(ValueError):
    """The reason why a cell is refused. The text follows the column's name
    and repeats no secret."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


def failures(parts: Iterable[Callable[[], object]]) -> list[BadCell]:
    """Run all ``parts`` and return their errors, so that all faults of a row
    are reported at once."""
    found: list[BadCell] = []
    for part in parts:
        try:
            part()
        except BadCell as error:
            found.append(error)
    return found


@dataclass
class Faults:
    """The faults of one file: the first ones are named, all are counted."""

    file: Path
    _named: list[tuple[int, str]] = field(default_factory=list)
    _more: int = 0

    def add(self, line: int, text: str) -> None:
        if len(self._named) < NAMED:
            self._named.append((line, text))
        else:
            self._more += 1

    def __bool__(self) -> bool:
        return bool(self._named)

    def refuse(self) -> None:
        """Raise Unusable, with a line for each fault, if there are any."""
        if self:
            raise Unusable(self.text())

    def text(self) -> str:
        lines = [f"line {line}: {text}" for line, text in sorted(self._named, key=itemgetter(0))]
        more = [f"and {self._more} more"] if self._more else []
        first = f"{self.file}: nothing was imported; correct these rows:"
        return "\n  ".join([first, *lines, *more])


def shown(cell: str) -> str:
    """Shorten a cell for a sentence."""
    return repr(cell if len(cell) <= LONGEST_SHOWN else f"{cell[:LONGEST_SHOWN]}…")

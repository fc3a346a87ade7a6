"""What a reader of a table notes and what it refuses, by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ivr.errors import Unusable

NAMED = 20
"""Faults that are named; the rest is counted."""
LONGEST_SHOWN = 60
"""Letters of a cell that a sentence repeats."""


class Harmless(StrEnum):
    """What is passed over, in the words of the note."""

    BLANK = "rows without content were passed over"
    TITLE = "lines before the header were passed over"
    COMMENT = "lines that begin with # were passed over"
    HEADER = "repeated headers were passed over"
    FOOTER = "lines after the last row were passed over"
    TOTAL = "rows of totals were passed over"
    TWICE = "rows that stand in the file twice were taken once"
    TRAILING = "rows have separators at their end, which were passed over"
    MARKS = "cells had marks that are not seen, which were removed"
    WRAPPED = 'cells were wrapped for a spreadsheet (="…", an apostrophe or quotes), and unwrapped'
    NOTHING = "cells said NULL, - or the like, and were taken as empty"
    SERIAL = "dates were numbers of a spreadsheet's days, and were read as such"


@dataclass
class Notes:
    """What was passed over in one file: each kind once, with its count and first line."""

    sentences: list[str] = field(default_factory=list)
    """What holds for the file as a whole, such as its encoding."""
    _counts: dict[Harmless, list[int]] = field(default_factory=dict)

    def add(self, kind: Harmless, line: int) -> None:
        known = self._counts.setdefault(kind, [0, line])
        known[0] += 1

    def lines(self) -> list[str]:
        """A sentence for each kind."""
        counted = [
            f"{count} {kind} (line {line}{' first' if count > 1 else ''})"
            for kind, (count, line) in self._counts.items()
        ]
        return self.sentences + counted


class BadCell(ValueError):
    """Why a cell cannot be taken. The text follows the column's name, and repeats no secret."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column = column


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
        """Unusable, with a line for each fault, if there is any."""
        if self:
            raise Unusable(self.text())

    def text(self) -> str:
        lines = [f"line {line}: {text}" for line, text in sorted(self._named)]
        more = [f"and {self._more} more"] if self._more else []
        first = f"{self.file}: nothing was imported; mend these rows:"
        return "\n  ".join([first, *lines, *more])


def shown(cell: str) -> str:
    """A cell as a sentence names it, which nobody reads if it is long."""
    return repr(cell if len(cell) <= LONGEST_SHOWN else f"{cell[:LONGEST_SHOWN]}…")

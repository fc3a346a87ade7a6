"""Phones of the message centre's simulator, which receive its messages.

The messages are in a file, so that another process can read them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ivr.network.pdu import Submission
from ivr.network.shortmessage import BASIC, ESCAPE, EXTENSION, Coding

TABLE = """
CREATE TABLE IF NOT EXISTS parts (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, source TEXT NOT NULL, reference INTEGER,
    count INTEGER NOT NULL, part INTEGER NOT NULL, words TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Received:
    """A text as a phone shows it, joined from its parts."""

    number: str
    source: str
    words: str
    parts: int


@dataclass(frozen=True, slots=True)
class Phones:
    """The parts of texts that arrived, in an SQLite file."""

    file: Path

    def make(self) -> None:
        """Make the table if it is missing."""
        with closing(self._open()) as base:
            base.executescript(TABLE)

    def texts(self, number: str | None = None) -> Sequence[Received]:
        """Return the texts that all phones show, or the phone of ``number``, oldest first.

        A text of several parts is shown when all parts have arrived. Parts that arrived twice
        under one reference are shown once, as on phones.
        """
        query = "SELECT number, source, reference, count, part, words FROM parts ORDER BY id"
        with closing(self._open()) as base:
            rows = base.execute(query).fetchall()
        shown: list[Received] = []
        waiting: dict[tuple[str, str, int, int], dict[int, str]] = {}
        for to, source, reference, count, part, words in rows:
            if reference is None:
                shown.append(Received(to, source, words, 1))
                continue
            found = waiting.setdefault((to, source, reference, count), {})
            found[part] = words
            if len(found) == count:
                whole = "".join(found[index] for index in sorted(found))
                shown.append(Received(to, source, whole, count))
                waiting.pop((to, source, reference, count))
        return [each for each in shown if number in (None, each.number)]

    def keep(self, submission: Submission) -> None:
        """Store one part of a text. ValueError: an octet is not a letter."""
        data, reference, count, part = submission.user_data, None, 1, 1
        if submission.has_header:
            # TS 23.040 9.2.3.24.1: length, element 0, its length 3, reference, count, number.
            reference, count, part = data[3:6]
            data = data[data[0] + 1 :]
        words = data.decode("utf-16-be") if submission.coding == Coding.UCS2 else read_gsm(data)
        row = (submission.number, submission.source, reference, count, part, words)
        with closing(self._open()) as base, base:
            base.execute(
                "INSERT INTO parts (number, source, reference, count, part, words)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=3)


def read_gsm(data: bytes) -> str:
    """Decode septets, one in each octet. ValueError: a septet is invalid."""
    extended = {code: letter for letter, code in EXTENSION.items()}
    letters, codes = [], iter(data)
    try:
        for code in codes:
            letters.append(extended[next(codes)] if code == ESCAPE else BASIC[code])
    except (LookupError, StopIteration):
        raise ValueError("an octet is not a letter") from None
    return "".join(letters)

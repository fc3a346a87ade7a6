"""Reads text files that people edit, as editors and Word save them.

Harmless characters are corrected and reported: unusual spaces, invisible characters, decomposed
letters. A file whose correction would lose a letter is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import Unusable
from ivr.flow.marks import named, shown

MOST_BYTES = 1_000_000
"""Maximum size of a file: every flow, catalogue or list of news is shorter."""
BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Line breaks that editors do not show; Word uses one for a line break in a paragraph."""
MERGE = re.compile(r"(<{7}|={7}|>{7}|\|{7})( .*)?")
"""Conflict markers of git and Subversion, in a file that two people changed."""
FOREIGN = (
    (b"PK\x03\x04", "a document of Word or an archive"),
    (b"\xd0\xcf\x11\xe0", "a document of Word"),
    (b"{\\rtf", "a document of Word (RTF)"),
    (b"%PDF", "a PDF document"),
    (b"RIFF", "a recording"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)
SAVE = "not UTF-8 text; save it as UTF-8"


@dataclass(frozen=True, slots=True)
class Note:
    """A harmless fault that was corrected, with its line from 1."""

    line: int
    what: str


@dataclass(frozen=True)
class Sheet:
    """A file that people edit."""

    file: Path
    text: str
    notes: tuple[Note, ...]

    def place(self, line: int) -> str:
        """Return file and line for the beginning of a sentence; ``line`` from 1; 0: unknown."""
        return f"{self.file}, line {line}" if line else f"{self.file}"


def read_sheet(file: Path) -> Sheet:
    """Read a file. Raise Unusable with the file, the line and the fault."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise Unusable(f"{file}: longer than {MOST_BYTES} bytes, which is too long for such a file")
    text, notes = cleaned(file, _decoded(file, raw))
    return Sheet(file, text, notes)


def cleaned(file: Path, text: str) -> tuple[str, tuple[Note, ...]]:
    """Return a text with ordinary spaces and composed letters, and notes on the corrections.

    Raise Unusable if it has characters that are not text, or conflict markers.
    """
    notes: list[Note] = []
    lines = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        whole = line if line.isascii() else unicodedata.normalize("NFC", line)
        if whole != line:
            notes.append(Note(number, "letters of two characters are read as one"))
        for mark in sorted({each for each in whole if not each.isprintable()} - {"\t"}):
            plain = _plain(mark)
            if plain is None:
                raise Unusable(
                    f"{file}, line {number}: the character {named(mark)} is not a letter:"
                    f" `{shown(whole)}`; type the word again"
                )
            notes.append(Note(number, _passed_over(whole, mark, plain)))
            whole = whole.replace(mark, plain)
        if "\ufffd" in whole:
            raise Unusable(
                f"{file}, line {number}: a letter was lost when the file was saved (\ufffd):"
                f" `{shown(whole)}`; type the word again, and save as UTF-8"
            )
        if MERGE.fullmatch(whole):
            raise Unusable(
                f"{file}, line {number}: `{shown(whole)}` was left when two versions were merged; "
                "keep the lines of one of them, and remove this mark"
            )
        lines.append(whole.rstrip())
    return "\n".join(lines), tuple(notes)


def _plain(mark: str) -> str | None:
    """Return the replacement of an invisible character; None: it is not text."""
    if mark in BREAKS:
        return " "
    match unicodedata.category(mark):
        case "Zs":
            return " "
        case "Cf":
            return ""
    return None


def _passed_over(line: str, mark: str, plain: str) -> str:
    at = line.index(mark)
    near = shown(line[max(0, at - 15) : at] + " " + line[at + 1 : at + 15])
    read = "an ordinary space" if plain else "nothing"
    return f"an invisible mark ({named(mark)}) at '{near}' is read as {read}"


def _decoded(file: Path, raw: bytes) -> str:
    for mark, what in FOREIGN:
        if raw.startswith(mark):
            raise Unusable(f"{file}: {what}, not plain text; save it as plain text in UTF-8")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:200]:
        raise Unusable(f"{file}: {SAVE} (it is UTF-16, which Notepad calls Unicode)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        wrong = raw.split(b"\n")[line].decode("cp1251", "replace")
        raise Unusable(
            f"{file}: {SAVE} (line {line + 1} would be `{shown(wrong)}` in Windows-1251, which "
            "Notepad calls ANSI)"
        ) from None

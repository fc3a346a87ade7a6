"""Decode the text of a table, whichever program saved it."""

from __future__ import annotations

import codecs
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from ivr.errors import Unusable
from ivr.sheet.findings import Notes
from ivr.sheet.foreign import foreign, markup, refusal
from ivr.sheet.guessing import NAMES, guess

HEAD = 4096
"""Number of first bytes that are examined to detect the type of a file."""
CHUNK = 1 << 20
SAMPLE = 1 << 16
"""Bytes of lines with non-ASCII letters from which an encoding is detected."""
ZEROS = 0.05
"""Minimum share of zero bytes at every second position (at least two) that indicates UTF-16 without
a byte order mark. In a Cyrillic text these are the bytes of line ends, separators and digits."""
MOST_ZEROS = 0.05
"""Share of zero bytes from which on a file is not text."""
SAVE = "save the file as UTF-8"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@contextmanager
def open_text(file: Path, notes: Notes) -> Iterator[TextIO]:
    """Open the text of a file from its beginning; it can be read again.

    Unusable: the file cannot be read, is of another type, or its encoding cannot be detected.
    """
    try:
        with file.open("rb") as given, _seekable(given) as data:
            encoding = _encoding(file, data, notes)
            data.seek(0)
            with io.TextIOWrapper(data, encoding, newline="") as text:
                yield text
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror or error})") from None


def decode(data: bytes) -> str | None:
    """Decode a short text in UTF-8 or UTF-16, with or without a byte order mark;
    None if it is neither."""
    try:
        encoding, _ = _unicode(data[:HEAD])
        return data.decode(encoding or "utf-8")
    except UnicodeError:
        return None


@contextmanager
def _seekable(given: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a file that can be read twice; input from a pipe is copied to an unnamed file."""
    if given.seekable():
        yield given
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(given, kept, CHUNK)
        kept.seek(0)
        yield kept


def _encoding(file: Path, data: BinaryIO, notes: Notes) -> str:
    head = data.read(HEAD)
    if not head:
        raise Unusable(f"{file}: the file is empty")
    if what := foreign(head, data):
        raise Unusable(refusal(file, what))
    encoding, name = _unicode(head)
    try:
        begin = head.decode(encoding or "latin-1", "ignore")
    except UnicodeError:
        begin = ""
    if what := markup(begin):
        raise Unusable(refusal(file, what))
    if name:
        notes.sentences.append(f"the file was read as {name}")
        return encoding
    data.seek(0)
    is_utf8 = _is_utf8(data)
    if head.count(0) > (MOST_ZEROS * len(head) if is_utf8 else 0):
        raise Unusable(f"{file}: this is not text: export the table as CSV (UTF-8)")
    if is_utf8:
        return encoding or "utf-8"
    data.seek(0)
    return _legacy(file, data, notes)


def _unicode(head: bytes) -> tuple[str, str]:
    """Return the encoding that a byte order mark or zero bytes indicate, and its name for notes."""
    for mark, encoding, name in _MARKS:
        if head.startswith(mark):
            return encoding, name
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) == 0 and max(even, odd) > max(1, ZEROS * len(head) / 2):
        return ("utf-16-le" if odd else "utf-16-be"), "UTF-16"
    return "", ""


def _is_utf8(data: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := data.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(file: Path, data: BinaryIO, notes: Notes) -> str:
    """Detect an encoding older than Unicode. Unusable: it cannot be told, or there are two."""
    sample, bad, good = bytearray(), 0, 0
    for line, text in enumerate(_lines(data), 1):
        if text.isascii():
            continue
        if _is_good(text):
            good = good or line
        else:
            bad = bad or line
            if len(sample) < SAMPLE:
                sample += text + b"\n"
        if good and bad:
            raise Unusable(
                f"{file}: line {bad} is not UTF-8, but line {good} is; save the whole file as UTF-8"
            )
    encoding = guess(bytes(sample))
    if encoding is None:
        raise Unusable(
            f"{file}: line {bad} is not UTF-8, and its encoding cannot be recognised; {SAVE}"
        )
    notes.sentences.append(f"the file was read as {NAMES[encoding]}, since it is not UTF-8")
    return encoding


def _lines(data: BinaryIO) -> Iterator[bytes]:
    for line in data:
        yield from line.rstrip(b"\r\n").split(b"\r")


def _is_good(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

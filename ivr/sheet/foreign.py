"""Detect files of other types that are submitted as CSV, by their first bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import BinaryIO

SAVE = "open it in the spreadsheet and save it as CSV (UTF-8)"
UNPACK = "unpack it first"
EXPORT = "export the table as CSV (UTF-8)"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (.xls)", SAVE),
    (b"%PDF", "a PDF", EXPORT),
    (b"{\\rtf", "a text document (RTF)", EXPORT),
    (b"\x1f\x8b", "a compressed file (gzip)", UNPACK),
    (b"BZh", "a compressed file (bzip2)", UNPACK),
    (b"\xfd7zXZ", "a compressed file (xz)", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", UNPACK),
    (b"Rar!", "an archive (RAR)", UNPACK),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"\x89PNG", "a picture", EXPORT),
    (b"\xff\xd8\xff", "a picture", EXPORT),
)
_MARKUP: tuple[tuple[tuple[str, ...], str], ...] = (
    (("<!doctype html", "<html", "<head", "<meta", "<body", "<table", "<style", "<!--"), "HTML"),
    (("<?xml", "<workbook"), "XML"),
)


def foreign(head: bytes, file: BinaryIO) -> str:
    """Name the type of a file that is not text and the remedy; empty if it may be text."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        kind = _zipped(file)
        return f"{kind}, not CSV: {UNPACK if 'archive' in kind else SAVE}"
    found = next(((kind, way) for magic, kind, way in _MAGIC if head.startswith(magic)), None)
    return f"{found[0]}, not CSV: {found[1]}" if found else ""


def is_foreign(data: bytes) -> bool:
    """As ``foreign``, for a short file that is already read."""
    return data.startswith((b"PK\x03\x04", *(magic for magic, _, _ in _MAGIC)))


def markup(text: str) -> str:
    """As ``foreign``, for the beginning of a text: web pages and XML named as tables."""
    begin = text.lstrip("\ufeff \t\r\n").lower()
    for beginnings, kind in _MARKUP:
        if begin.startswith(beginnings):
            return f"{kind}, not CSV: {SAVE}"
    if begin.startswith(("{", "[")):
        return f"JSON, not CSV: {EXPORT}"
    return ""


def _zipped(file: BinaryIO) -> str:
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            mime = b""
            if "mimetype" in names:
                with archive.open("mimetype") as entry:  # the entry may unpack to any size
                    mime = entry.read(100)
    except Exception:  # a damaged archive can raise anything, zlib's errors too
        return "an archive (zip) or a workbook that is cut off"
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook (.xlsx)"
    if any(name.endswith(".iwa") for name in names):
        return "an Apple Numbers spreadsheet"
    if b"opendocument.spreadsheet" in mime:
        return "an OpenDocument spreadsheet (.ods)"
    if b"opendocument" in mime or any(name.startswith("word/") for name in names):
        return "a text document"
    return "an archive (zip)"


def refusal(file: Path, what: str) -> str:
    return f"{file}: this is {what}"

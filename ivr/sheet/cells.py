"""Normalise cells as spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata

from ivr.sheet.findings import BadCell, Harmless, Notes, shown

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "‘": "’", "”": "”", "'": "'"}
LONGEST_NOTHING = 6
_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|Н/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|#+)", re.I
)
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]*))?\s?[EeЕе]\+?([0-9]{1,3})")
"""The form in which a spreadsheet shows a long number: 9.9365E+10, also with a Cyrillic Е."""
_LOST = re.compile(r"\w\?+\w")
"""Question marks within a word: letters missing in the encoding."""
_MISREAD = re.compile("[РСÐÑÃÄÅÂĂĹ][^\\x00-\\x7f]")
"""The beginning of a UTF-8 letter that was decoded as an older encoding."""
LOST = "\ufffd"
CUT = "a spreadsheet has cut its digits; make the column a text there and export it again"


def bare(cell: str, notes: Notes, line: int) -> str:
    """Strip the decoration from a cell that is a number, a date or a word of a closed set."""
    text = cell.strip()
    if not text.isprintable():
        text = _without_marks(text, notes, line)
    if text[:1] in _WRAPS:
        text = _unwrapped(text, notes, line)
    return _without_placeholder(text, notes, line)


_NOTHING = frozenset(
    {"null", "(null)", "\\n", "none", "nan", "n/a", "н/д", "нет", "ýok", "-", "–", "—", "--"}
)
"""Placeholders that programs and people write for an empty value."""
_WRAPS_OF_WORDS = frozenset("='`")
_WRAPS = frozenset("='’‘`" + "".join(_QUOTES))


def words(cell: str, notes: Notes, line: int) -> str:
    """Normalise a cell of free text: no-break spaces become spaces, invisible marks at its ends are
    removed.

    ValueError states the fault if letters are lost or invisible.
    """
    text = cell.strip()
    if not text.isprintable():
        text = _trimmed(text, notes, line)
    if text[:1] in _WRAPS_OF_WORDS:
        text = _unwrapped(text, notes, line)
    text = unicodedata.normalize("NFC", _without_placeholder(text, notes, line))
    if LOST in text or ("?" in text and _LOST.search(text)):
        raise ValueError("has question marks where letters were lost: save the file as UTF-8")
    if _MISREAD.search(text) and _is_misread(text):
        raise ValueError(
            f"{shown(text)} was read earlier in a wrong encoding: export it again as UTF-8"
        )
    return text


def is_spreadsheet_error(text: str) -> bool:
    """Tell whether a cell is the error value of a failed formula: #N/A, #ЗНАЧ!, ####."""
    return text.startswith("#") and _ERROR.fullmatch(text) is not None


def check_whole(column: str, text: str) -> None:
    """Raise BadCell, with the cause, if a spreadsheet has lost the content of a cell."""
    if LOST in text:
        raise BadCell(column, "has letters that were lost: save the file as UTF-8")
    if is_spreadsheet_error(text):
        raise BadCell(column, f"is {text[:9]}, an error of the spreadsheet: correct it there")


def digits(column: str, text: str) -> str:
    """Return the digits of a number that needs every digit, such as a telephone number.

    BadCell: a spreadsheet has rounded it. A complete number in scientific notation is restored.
    """
    if found := _SCIENTIFIC.fullmatch(text):
        first, rest, exponent = found.group(1), found.group(2) or "", int(found.group(3))
        if len(rest) != exponent or exponent == 0:
            raise BadCell(column, f"is in scientific form such as 9.9365E+10: {CUT}")
        return first + rest
    whole, point, zeros = text.partition(".")
    return whole if point and whole.isdecimal() and zeros.strip("0") == "" else text


def _without_placeholder(text: str, notes: Notes, line: int) -> str:
    """Return a cell, or empty text if the cell is a placeholder for "nothing"."""
    if len(text) <= LONGEST_NOTHING and text.lower() in _NOTHING:
        notes.add(Harmless.NOTHING, line)
        return ""
    return text


def _without_marks(text: str, notes: Notes, line: int) -> str:
    kept = "".join(each for each in text if unicodedata.category(each) != "Cf")
    if len(kept) != len(text):
        notes.add(Harmless.MARKS, line)
    return "".join(" " if unicodedata.category(each) == "Zs" else each for each in kept).strip()


def _trimmed(text: str, notes: Notes, line: int) -> str:
    begin, end = 0, len(text)
    while begin < end and _is_margin(text[begin]):
        begin += 1
    while end > begin and _is_margin(text[end - 1]):
        end -= 1
    kept = text[begin:end]
    if any(unicodedata.category(each) == "Cf" for each in text[:begin] + text[end:]):
        notes.add(Harmless.MARKS, line)
    if "\xa0" in kept or "\u202f" in kept:
        kept = kept.replace("\xa0", " ").replace("\u202f", " ")
    return kept


def _is_margin(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Zs") or character.isspace()


def _unwrapped(text: str, notes: Notes, line: int) -> str:
    before = text
    if text.startswith("=") and len(text) > 1:
        inner = text[1:].strip()
        is_text = len(inner) > 1 and inner[0] == inner[-1] == '"'
        text = inner if is_text or inner.isdecimal() else text
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    if text[:1] in ("'", "’", "‘", "`"):
        text = text[1:].strip()
    if text != before:
        notes.add(Harmless.WRAPPED, line)
    return text


def _is_misread(text: str) -> bool:
    """Tell whether a text is UTF-8 that was decoded as an older encoding: Ã½ for ý, Рњ for М."""
    for encoding in ("cp1251", "cp1252", "cp1250"):
        try:
            again = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if not again.isascii():
            return True
    return False

"""Detect lines of a table that are not rows: totals, comments, footers."""

from __future__ import annotations

import re

from ivr.sheet.cells import is_spreadsheet_error

MOST_IN_TOTAL = 4
"""Maximum number of filled cells in a row of totals."""
_TOTALS = frozenset(
    {
        *("total", "totals", "subtotal", "sum", "grand", "count", "rows"),
        *("итого", "итог", "всего", "сумма", "общий", "промежуточный", "количество", "записей"),
        *("jemi", "jemisi", "hemmesi", "umumy", "sany", "setir"),
    }
)
_COUNTED = re.compile(r"\(?\d+ (rows?|records?|строк|запис|setir|ýazgy)", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[\W\d]*([^\W\d]+)")
_AMOUNT = re.compile(r"[-+(−]?\d[\d\s.,\xa0\u202f]*\)?")
_LONG = re.compile(r"\d{5}")
_FOOTER = re.compile(r"[^\W\d]{2,}(:|\W.*[^\W\d]{2})")
"""More than one word, or one word and a colon; a truncated row looks different."""
_RULES = "-=+_|*~"
"""Characters of rules between header and rows."""
MARGIN = " \t\r\n\ufeff\xa0\u200b\u202f"


def filled_of(cells: list[str]) -> list[str]:
    """Return the contents of the filled cells."""
    return [each for cell in cells if (each := cell.strip(MARGIN))]


def is_blank(cells: list[str]) -> bool:
    """Tell whether a record is empty or a rule."""
    return not "".join(filled_of(cells)).strip(_RULES)


def is_comment(cells: list[str], key: int) -> bool:
    """Tell whether a record begins with # and is not a row with # in its first column."""
    first = cells[0].strip(MARGIN)
    is_row = 0 < key < len(cells) and _LONG.search(cells[key]) is not None
    return first.startswith("#") and not is_row and not is_spreadsheet_error(first)


def is_footer(cells: list[str], key: int) -> bool:
    """Tell whether a record is a single line of text, such as the author and the date of the table.

    If the first column has names, a line without separators may be a truncated row.
    """
    filled = filled_of(cells)
    if len(filled) > 1 or (len(cells) == 1 and key > 0):
        return False
    return bool(_FOOTER.match(filled[0])) and not _LONG.search(filled[0])


def is_total(cells: list[str], key: int) -> bool:
    """Tell whether a record begins with a word for totals and is not a row with that name."""
    filled = filled_of(cells)
    if len(filled) > MOST_IN_TOTAL or (key < len(cells) and _LONG.search(cells[key])):
        return False
    if len(filled) == 1 and _COUNTED.match(filled[0]):
        return True
    word = _FIRST_WORD.match(filled[0])
    return word is not None and word.group(1).lower() in _TOTALS


def is_bare_sum(cells: list[str], key: int) -> bool:
    """Tell whether a row has only sums and no key."""
    filled = filled_of(cells)
    is_keyed = key < len(cells) and bool(cells[key].strip(MARGIN))
    return not is_keyed and len(filled) <= 2 and all(map(_AMOUNT.fullmatch, filled))

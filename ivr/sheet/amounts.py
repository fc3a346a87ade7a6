"""Parse amounts and counts as people and spreadsheets write them.

Point and comma are interpreted by position only where that is certain: ``1,234`` may be a thousand
or a little more than one, and is refused.
"""

from __future__ import annotations

import re

from ivr.domain.values import Money
from ivr.sheet.findings import shown

_MINUS = "-−–‐‒"
_SPACES = re.compile(r"(?<=\d)[\s\xa0\u202f'’](?=\d{3}(?!\d))", re.ASCII)
"""Characters that are only thousands separators; groups of three digits follow them."""
_CURRENCY = re.compile(
    r"^(tmt|manat|манат)\s*|\s*(tmt|manat|man\.?|m\.|манат(?:а|ов)?|ман\.?|м\.)$", re.IGNORECASE
)
_PLAIN = re.compile(r"-?\d{1,15}\.\d\d", re.ASCII)
"""The format that programs write; other formats are analysed."""
_UNIT = re.compile(r"\s*(mb|мб|sms|смс)$", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d.,]*|[.,]\d+", re.ASCII)
_SCIENTIFIC = re.compile(r"[-+]?\d([.,]\d*)?[EeЕе][+-]?\d+", re.ASCII)
CUT = "is in scientific form: a spreadsheet has cut its digits; make the column a number there"
DECIMALS = 2
MOST_DIGITS = 60
"""Maximum length of an amount that is analysed."""


def read_amount(text: str) -> Money:
    """Parse an amount in manat. ValueError states the fault; its text follows the column's name."""
    if _PLAIN.fullmatch(text):
        return Money(int(text.replace(".", "")))
    if len(text) > MOST_DIGITS:
        raise ValueError("has too many digits")
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError(f"{shown(text)} {CUT}")
    sign, rest = _signed(_CURRENCY.sub("", text))
    rest = _SPACES.sub("", rest)
    if not _NUMBER.fullmatch(rest):
        raise ValueError(f"{shown(text)} is not an amount in manat such as 45.30")
    whole, part = _parted(text, rest)
    if part[DECIMALS:].strip("0"):
        raise ValueError(f"{shown(text)} has more than {DECIMALS} decimals: round it")
    return Money(sign * (int(whole or "0") * 100 + int(part[:DECIMALS].ljust(DECIMALS, "0"))))


def read_count(text: str) -> int:
    """Parse a non-negative integer. ValueError as in ``read_amount``."""
    if len(text) > MOST_DIGITS:
        raise ValueError("has too many digits")
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError(f"{shown(text)} {CUT}")
    rest = _SPACES.sub("", _UNIT.sub("", text))
    whole, _, part = rest.replace(",", ".").partition(".")
    is_whole = whole.isascii() and whole.isdecimal() and len(part) != 3 and not part.strip("0")
    if not is_whole:
        raise ValueError(f"{shown(text)} is not a whole number such as 150")
    return int(whole)


def _signed(text: str) -> tuple[int, str]:
    """Parse a leading or trailing sign, or accounting brackets."""
    rest = text.strip()
    if rest.startswith("(") and rest.endswith(")"):
        return -1, rest[1:-1].strip()
    if rest[:1] and rest[0] in _MINUS:
        return -1, rest[1:].strip()
    if rest[-1:] and rest[-1] in _MINUS:
        return -1, rest[:-1].strip()
    return 1, rest.removeprefix("+").strip()


def _parted(text: str, number: str) -> tuple[str, str]:
    """Split a number with digits, points and commas into whole manat and decimals."""
    signs = [each for each in number if each in ".,"]
    if not signs:
        return number, ""
    last = signs[-1]
    head, _, part = number.rpartition(last)
    groups = re.split(r"[.,]", head)
    is_grouped = len(groups[0]) <= 3 and all(len(each) == 3 for each in groups[1:])
    if len(set(signs)) == 2:  # thousands and decimals
        if signs.count(last) == 1 and is_grouped and len(set(signs[:-1])) == 1:
            return "".join(groups), part
    elif len(signs) == 1:
        if len(part) != 3 or head in ("", "0"):
            return head, part
        raise ValueError(
            f"{shown(text)} is not an amount in manat such as 45.30: it may have thousands or"
            " too many decimals; write two decimals"
        )
    elif is_grouped and len(part) == 3:  # thousands only
        return "".join(groups) + part, ""
    raise ValueError(f"{shown(text)} is not an amount in manat such as 45.30")

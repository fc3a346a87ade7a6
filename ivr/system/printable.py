"""Finds and escapes invisible characters in texts.

A name may contain a line break, an escape sequence for a terminal, or a mark that reverses the
order of letters. An import refuses them; texts that are already in a database are shown escaped.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

SEEN_AS_SPACE = "Zs"
"""Unicode category: spaces of several widths. They are harmless although not printable."""
NEXT_LINE = "\n"


def hidden(text: str) -> str:
    """Return the first invisible character of a text: a control or format character, a line or
    paragraph separator, a surrogate, or an unassigned code point; empty: there is none."""
    if text.isprintable():
        return ""
    return next((each for each in text if _is_hidden(each)), "")


def named(character: str) -> str:
    """Return a character's code point: ``U+202E``."""
    return f"U+{ord(character):04X}"


def escaped(text: str, keep: str = "") -> str:
    """Return a text with invisible characters escaped as in JSON, except those in ``keep``."""
    if text.isprintable():
        return text
    return "".join(
        json.dumps(each)[1:-1] if _is_hidden(each) and each not in keep else each for each in text
    )


def json_text(document: Any, indent: int | None = None) -> str:
    """Return JSON that is safe for a terminal; a program reads the same document from it."""
    return escaped(json.dumps(document, ensure_ascii=False, indent=indent), keep=NEXT_LINE)


def _is_hidden(character: str) -> bool:
    return not character.isprintable() and unicodedata.category(character) != SEEN_AS_SPACE

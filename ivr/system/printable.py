"""Characters that are not seen, and what they do where a text is shown.

A name may have come with a line break, an escape sequence that a terminal obeys, or a mark that
turns the order of letters around. An import refuses them; what is in a database already is shown
with them written out.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

SEEN_AS_SPACE = "Zs"
"""Category of Unicode: spaces of several widths, harmless though they are not printable."""
NEXT_LINE = "\n"


def hidden(text: str) -> str:
    """The first character of a text that is not seen: a control or format character, a line or
    paragraph separator, half a letter, or one that is none; empty: there is no such character."""
    if text.isprintable():
        return ""
    return next((each for each in text if _is_hidden(each)), "")


def named(character: str) -> str:
    """A character by its number: ``U+202E``."""
    return f"U+{ord(character):04X}"


def escaped(text: str, keep: str = "") -> str:
    """A text with what is not seen in it written out as in JSON, but for what ``keep`` has."""
    if text.isprintable():
        return text
    return "".join(
        json.dumps(each)[1:-1] if _is_hidden(each) and each not in keep else each for each in text
    )


def json_text(document: Any, indent: int | None = None) -> str:
    """A JSON document that a terminal can show as it is: the same document to a program."""
    return escaped(json.dumps(document, ensure_ascii=False, indent=indent), keep=NEXT_LINE)


def _is_hidden(character: str) -> bool:
    return not character.isprintable() and unicodedata.category(character) != SEEN_AS_SPACE

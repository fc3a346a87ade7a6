"""Refuse look-alike letters of another alphabet in texts."""

from __future__ import annotations

import re

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.flow.marks import all_alike, look_alike, shown, told

_LETTERS = re.compile(r"[^\W\d_]+")
_BEFORE_UTF8 = ("cp1251", "cp1252")


def check_letters(place: str, language: Language, text: str) -> None:
    """Refuse look-alike letters, and letters of a file saved in a wrong encoding."""
    for coding in _BEFORE_UTF8:
        try:
            right = text.encode(coding).decode()
        except UnicodeError:
            continue
        if right != text:
            raise Unusable(
                f"{place} was saved twice in different encodings: `{shown(text)}` must be"
                f" `{shown(right)}`; type it again"
            )
    for word in _LETTERS.findall(text):
        letter = look_alike(word)
        if not letter and language is not Language.RUSSIAN and all_alike(word):
            letter = word[0]
        if letter:
            raise Unusable(f"{place}: '{shown(word)}' has {told(letter)}; type the word again")

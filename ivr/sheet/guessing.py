"""Detect the pre-Unicode encoding of a text from its words.

Names in Cyrillic or Turkmen letters can be decoded in all of these encodings, but only one gives
words: letters of one alphabet, the capital first.
"""

from __future__ import annotations

import re

NAMES = {
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "cp866": "DOS-866 (Cyrillic)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1254": "Windows-1254 (Turkish)",
}
"""The encodings that are distinguished, with the names that people know."""
PLAUSIBLE = 0.95
"""Minimum share of words that must be plausible."""
LETTERS, CAPITALS = 4, 20
"""Numbers of letters that are sufficient: with a word in small letters after a
capital, and without one."""
NO_BREAK = frozenset({0xA0})
"""The no-break space, which is the same in all Windows encodings; spreadsheets use it
as thousands separator."""
CLEARER = 0.15
"""Minimum lead of the best encoding if two give words."""
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_TURKMEN = frozenset("abcdefghijklmnopqrstuvwxyzäçňöşüýž")
_COMMON = frozenset("аоеинтрвлмдкый" + "aeäyýnrlgdmwşö")
"""Letters that make up most of a name."""
_SIGNS = frozenset("№«»“”„‘’–—…°§•\xa0­")


def guess(sample: bytes) -> str | None:
    """Return the encoding of a sample of lines; None if it is not certain."""
    if {each for each in sample if each > 0x7F} == NO_BREAK:
        return "cp1251"
    found: dict[str, tuple[float, str]] = {}
    for encoding in NAMES:
        text = _decoded(sample, encoding)
        weight = _weight(text) if text is not None else None
        if text is not None and weight is not None and text not in (t for _, t in found.values()):
            found[encoding] = (weight, text)
    ranked = sorted(((weight, name) for name, (weight, _) in found.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEARER):
        return None
    return ranked[0][1]


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _weight(text: str) -> float | None:
    """Return how much a text looks like names; None if it does not."""
    odd = {each for each in text if not each.isascii() and not each.isalpha()}
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if odd - _SIGNS or not words:
        return None
    good = sum(map(_is_word, words))
    letters = "".join(words).lower()
    is_told = any(word.istitle() and len(word) > 2 for word in words)
    if good < PLAUSIBLE * len(words) or len(letters) < (LETTERS if is_told else CAPITALS):
        return None
    return sum(letter in _COMMON for letter in letters) / len(letters)


def _is_word(word: str) -> bool:
    letters = set(word.lower())
    if not (letters <= _CYRILLIC or letters <= _TURKMEN):
        return False
    return word.islower() or word.isupper() or word.istitle()

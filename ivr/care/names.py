"""Compares a person's name as it was said and typed with the name in the contract.

The words may come in any order and in either script; each may have one wrong letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ivr.care.folding import fold_word

LEAST_WORDS = 2
SHORT = 4
"""Words with fewer letters must be right: one wrong letter makes another name of them."""
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_SOUNDS = {
    "а": "a", "б": "b", "в": "w", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "z", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "s", "ч": "c", "ш": "s", "щ": "s",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ә": "a", "җ": "j", "ң": "n",
    "ө": "o", "ү": "u", "і": "i",
}  # fmt: skip
"""Cyrillic letters as Turkmen ones without their marks."""


def same_name(said: str, known: str) -> bool:
    """Tell whether ``said`` names the person ``known``.

    At least two words must be said, and each must be another word of the known name.
    """
    words, rest = name_words(said), list(name_words(known))
    if len(words) < LEAST_WORDS or len(words) > len(rest):
        return False
    return _fit(words, rest)


def name_words(name: str) -> Sequence[str]:
    """Return the words of a name in the form for comparing: Latin letters without marks."""
    return [folded for word in _WORD.findall(name) if (folded := _folded(word))]


def within_one_edit(one: str, other: str) -> bool:
    """Tell whether one letter changed, added or left out makes one word of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    same = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    skip = 1 if len(one) == len(other) else 0
    return one[same + skip :] == other[same + 1 :]


def _fit(words: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether each word can be given a word of its own among the rest."""
    if not words:
        return True
    first, others = words[0], words[1:]
    return any(
        _alike(first, each) and _fit(others, [*rest[:at], *rest[at + 1 :]])
        for at, each in enumerate(rest)
    )


def _alike(one: str, other: str) -> bool:
    is_short = min(len(one), len(other)) < SHORT
    return one == other or (not is_short and within_one_edit(one, other))


def _folded(word: str) -> str:
    small = unicodedata.normalize("NFC", word).casefold()
    if any(letter in _SOUNDS for letter in small):
        small = "".join(_SOUNDS.get(letter, letter) for letter in small)
    return fold_word(small)

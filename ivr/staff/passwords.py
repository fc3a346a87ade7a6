"""Which passwords are refused: short, long, common or guessed from the user (ASVS 6.2).

There are no rules on kinds of letters. Common passwords are found by rule: ``parolparol123``,
``qwerty123456`` and ``P@ssw0rd2026`` are made of a common word and little else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from ivr.care.codewords import COMMON
from ivr.care.folding import fold_word
from ivr.staff.secrets import normal_password

SHORTEST, LONGEST = 12, 128
LEAST_OWN = 8
"""Letters that a password has besides the user's name and common words."""
FEWEST_LETTERS = 5
"""Different letters."""
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv", "йцукенгшщзхъ", "фывапролджэ")
"""Rows of keys, which are typed as they lie."""
OF_THE_HOUSE = ("admin", "administrator", "operator", "agent", "telefon")
_DIGITS_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")


class PasswordWeakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    OWN = "own"
    """It is the user's own name and little else."""


def weakness(password: str, name: str, display_name: str) -> PasswordWeakness | None:
    """Return why a password is refused for a user; None: it is accepted."""
    typed = normal_password(password)
    if len(typed) < SHORTEST:
        return PasswordWeakness.SHORT
    if len(typed) > LONGEST:
        return PasswordWeakness.LONG
    if _is_regular(typed):
        return PasswordWeakness.COMMON
    forms = {_folded(typed), _folded(typed.casefold().translate(_DIGITS_AS_LETTERS))}
    own = [_folded(part) for part in re.split(r"[\s._-]+", f"{name} {display_name}")]
    if any(_rest(form, own) < LEAST_OWN for form in forms if _has(form, own)):
        return PasswordWeakness.OWN
    if any(_rest(form, common()) < LEAST_OWN for form in forms if _has(form, common())):
        return PasswordWeakness.COMMON
    return None


@lru_cache(maxsize=1)
def common() -> tuple[str, ...]:
    """Return common words and parts of rows of keys, longest first."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    rows = {row[:length] for row in ROWS for length in range(4, len(row) + 1)}
    folded = {_folded(word) for word in (*words, *rows, *OF_THE_HOUSE)}
    return tuple(sorted((each for each in folded if len(each) > 3), key=len, reverse=True))


def _folded(text: str) -> str:
    return fold_word(text)


def _has(form: str, words: Iterable[str]) -> bool:
    return any(len(word) > 2 and word in form for word in words)


def _rest(form: str, words: Iterable[str]) -> int:
    """Return how many letters are left without the words, runs of digits and a year."""
    for word in words:
        if len(word) > 2:
            form = form.replace(word, " ")
    kept = re.sub(r"[0-9]{1,8}", " ", form)
    return len(kept.replace(" ", ""))


def _is_regular(text: str) -> bool:
    """Tell whether a text has few different letters, repeats itself or counts up or down."""
    small = text.casefold()
    if len(set(small)) < FEWEST_LETTERS:
        return True
    if any(small == (small[:size] * len(small))[: len(small)] for size in range(1, 6)):
        return True
    steps = Counter(ord(after) - ord(before) for before, after in pairwise(small))
    return max(steps[-1], steps[0], steps[1]) > len(small) / 2

"""Which code words an office may set."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from ivr.care.folding import fold_word, word_keys
from ivr.domain.values import Msisdn

LEAST_LETTERS = 6
MOST_LETTERS = 30
ADVISED_LETTERS = 8
COMMON = Path(__file__).resolve().parents[2] / "db" / "common_words.txt"


class Weakness(StrEnum):
    """Why a word is refused."""

    SHORT = "short"
    LONG = "long"
    LETTERS = "letters"
    """It has characters that no key has, or mixes two alphabets."""
    COMMON = "common"
    RUN = "run"
    OWN = "own"


def weakness(
    word: str, number: Msisdn, is_passport: bool, common: frozenset[str] | None = None
) -> Weakness | None:
    """Why ``word`` is refused for ``number``, or None.

    ``is_passport``: its keys are those of the owner's passport. ``common``: the keys of common
    words; by default those of ``db/common_words.txt``.
    """
    folded = fold_word(word)
    keys = [each for each in word_keys(word) if each]
    plain = "".join(unicodedata.normalize("NFC", word).split()).replace("-", "")
    if plain and (not keys or len(folded) != len(plain)):
        return Weakness.LETTERS
    if len(folded) < LEAST_LETTERS:
        return Weakness.SHORT
    if len(folded) > MOST_LETTERS:
        return Weakness.LONG
    refused = common_keys() if common is None else common
    if not refused.isdisjoint(filter(None, word_keys(folded.strip("0123456789")))):
        return Weakness.COMMON  # "parol1" is as easy to guess as "parol"
    for each in keys:
        if _is_run(each):
            return Weakness.RUN
        if each in refused:
            return Weakness.COMMON
        if is_passport or number.endswith(each) or each.endswith(number[3:]):
            return Weakness.OWN
    return None


@lru_cache(maxsize=1)
def common_keys() -> frozenset[str]:
    """Keys of the words that anybody would guess, in both scripts."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return frozenset(keys for word in words for keys in word_keys(word) if keys)


def _is_run(keys: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(keys)}
    return len(steps) == 1 and steps <= {-1, 0, 1}

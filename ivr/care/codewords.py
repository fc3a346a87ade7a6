"""Setting and removing code words in an office: which are refused, and which are discouraged."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from ivr.care.folding import fold_word, passport_keys, word_keys
from ivr.care.verifiers import CredentialVerifier
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Msisdn
from ivr.ports.subscribers import Subscribers

LEAST_LETTERS = 6
MOST_LETTERS = 30
ADVISED_LETTERS = 8
COMMON = Path(__file__).resolve().parents[2] / "db" / "common_words.txt"


class Weakness(StrEnum):
    """Why a word is refused."""

    SHORT = "short"
    LONG = "long"
    LETTERS = "letters"
    """It has characters that are on no key, or mixes two alphabets."""
    COMMON = "common"
    RUN = "run"
    OWN = "own"


class CodeWordAnswer(StrEnum):
    """The result of setting or removing a code word."""

    SET = "set"
    ADVISED = "better"
    """The code word is set; a longer one would be safer."""
    CLEARED = "cleared"
    HAS_NONE = "has-none"
    NOBODY = "nobody"
    """There is no such subscriber."""


def set_codeword(
    actor: Actor,
    key: OperationKey,
    number: Msisdn,
    word: str,
    subscribers: Subscribers,
    verifying: CredentialVerifier,
) -> CodeWordAnswer | Weakness:
    """Replace a subscriber's code word; proofs of the right to the number and locks end.

    The word appears in no answer, log or audit entry.
    """
    known = subscribers.verifiers(number)
    if refused := weakness(word, number, _is_passport(word, number, known, verifying)):
        return refused
    if not subscribers.set_codeword(actor, key, number, verifying.codeword(word)):
        return CodeWordAnswer.NOBODY
    is_long = len(fold_word(word)) >= ADVISED_LETTERS
    return CodeWordAnswer.SET if is_long else CodeWordAnswer.ADVISED


def clear_codeword(
    actor: Actor, key: OperationKey, number: Msisdn, subscribers: Subscribers
) -> CodeWordAnswer:
    """Remove the code word: until a new one is set, the passport is the only proof."""
    if subscribers.find(number) is None:
        return CodeWordAnswer.NOBODY
    cleared = subscribers.clear_codeword(actor, key, number)
    return CodeWordAnswer.CLEARED if cleared else CodeWordAnswer.HAS_NONE


def _is_passport(
    word: str, number: Msisdn, known: Verifiers | None, verifying: CredentialVerifier
) -> bool:
    """Tell whether the keys of a word are those of the owner's passport."""
    if known is None or known.passport is None:
        return False
    keys = filter(None, (*word_keys(word), passport_keys(word)))
    return any(verifying.matches_passport(known, number, each) for each in keys)


def weakness(
    word: str, number: Msisdn, is_passport: bool, common: frozenset[str] | None = None
) -> Weakness | None:
    """Return why ``word`` is refused for ``number``; None: it is accepted.

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
    """Return the keys of words that are easy to guess, in both scripts."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return frozenset(keys for word in words for keys in word_keys(word) if keys)


def _is_run(keys: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(keys)}
    return len(steps) == 1 and steps <= {-1, 0, 1}

"""Cases of numbers, units and months: "from nine", "to eighteen", "from the fifth of May".

Turkmen uses the ablative (``-dan``, ``-den``) and the dative (``-a``, ``-e``, ``-ä``), by vowel
harmony, on the last word only. Russian uses the genitive for both, and every word of a number
changes.
"""

from __future__ import annotations

from ivr.speech.numerals import genitive

BACK, FRONT = "aouy", "äeiöü"
"""Vowels of Turkmen. ``ý`` is a consonant."""
VOICED = {"dört": "dörde", "manat": "manada"}
"""Datives with a voiced last consonant. Months and other loan words keep the
voiceless one: "marta"."""
WIDE = {"y": "a", "i": "ä", "e": "ä", "a": "a", "ä": "ä"}
"""How the last vowel changes in the dative: "alty", "alta"; "iki", "ikä"."""

GENITIVES = {
    "manat": ("маната", "манатов"),
    "tenge": ("тенге", "тенге"),
    "hours": ("часа", "часов"),
    "minutes": ("минуты", "минут"),
}
"""Russian units in the genitive: after one (21, 31 …) and after any other number."""


def turkmen_from(words: str) -> str:
    """Return the ablative: "dokuz" → "dokuzdan", "ýedi" → "ýediden"."""
    return words + ("dan" if _is_back(words) else "den")


def turkmen_to(words: str) -> str:
    """Return the dative: "dokuz" → "dokuza", "iki" → "ikä", "bäş manat" → "bäş manada"."""
    before, space, last = words.rpartition(" ")
    if voiced := VOICED.get(last):
        return f"{before}{space}{voiced}"
    if wide := WIDE.get(last[-1]):
        return words[:-1] + wide
    return words + ("a" if _is_back(last) else "e")


def russian_counted(number: int, unit: str, *, is_feminine: bool = False) -> str:
    """Return a number and its unit in the genitive: "двадцати одного часа", "девяти часов"."""
    is_one = number % 10 == 1 and number % 100 != 11
    return f"{genitive(number, is_feminine=is_feminine)} {GENITIVES[unit][0 if is_one else 1]}"


def _is_back(words: str) -> bool:
    vowel = next(letter for letter in reversed(words) if letter in BACK + FRONT)
    return vowel in BACK

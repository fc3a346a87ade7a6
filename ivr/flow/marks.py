"""Confusable characters: invisible ones, those that Word inserts, and look-alike letters."""

from __future__ import annotations

import unicodedata

LONGEST_SHOWN = 70
"""Maximum number of characters of a line that a sentence shows."""
CURLY = "“”„‟‘’‚‛″′"
"""Quotation marks with which Word replaces straight ones."""
BULLETS = "•·▪●○◦‣∙–—−*"
"""Bullets that Word puts before list items."""
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d"
COLONS = "：﹕∶꞉ː︓"
LOOK_ALIKES = dict(zip("АВЕЅІЈКМНОРСТХУаеѕіјорсухԛԝ", "ABESIJKMHOPCTXYaesijopcyxqw", strict=True))
"""Cyrillic letters, and the Latin ones that look the same."""
LATIN = frozenset(LOOK_ALIKES.values())


def shown(text: str) -> str:
    """Return a line for a sentence: on one line, shortened, with invisible characters named."""
    flat = " ".join(text.split())
    safe = "".join(
        each if each.isprintable() or each == " " else f"\\u{ord(each):04x}" for each in flat
    )
    return safe if len(safe) <= LONGEST_SHOWN else safe[: LONGEST_SHOWN - 1] + "…"


def named(mark: str) -> str:
    """Return the number and name of a character: ``U+00A0 NO-BREAK SPACE``."""
    return f"U+{ord(mark):04X} {unicodedata.name(mark, '')}".rstrip()


def look_alike(word: str) -> str:
    """Return the first look-alike letter of the other alphabet in a word; empty: there is none.

    The word mixes both alphabets, or has only Cyrillic letters that all look Latin.
    """
    scripts = {_script(letter) for letter in word if letter.isalpha()}
    if not {"CYRILLIC", "LATIN"} <= scripts:
        return ""
    cyrillic = [letter for letter in word if _script(letter) == "CYRILLIC"]
    latin = [letter for letter in word if _script(letter) == "LATIN"]
    if all(letter in LOOK_ALIKES for letter in cyrillic):
        return cyrillic[0]
    return latin[0] if all(letter in LATIN for letter in latin) else ""


def all_alike(word: str) -> bool:
    """Tell whether all letters of a word are Cyrillic and look Latin: ``СОР``."""
    return bool(word) and all(letter in LOOK_ALIKES for letter in word)


def told(letter: str) -> str:
    """Describe a letter of the wrong alphabet."""
    if letter in LOOK_ALIKES:
        return f"the Cyrillic letter '{letter}', which looks like the Latin {LOOK_ALIKES[letter]}"
    return f"the Latin letter '{letter}', which looks like a Cyrillic one"


def hint(word: str) -> str:
    """Say what may be wrong with an invalid name; empty: no known cause."""
    cyrillic = [letter for letter in word if letter in LOOK_ALIKES]
    if cyrillic:
        return f"it has {told(cyrillic[0])}: type it again"
    for marks, what in (
        (CURLY, "a quotation mark of Word"),
        (DASHES, "a dash of Word in the place of a hyphen"),
        (COLONS, "a colon of another alphabet"),
    ):
        if found := [mark for mark in word if mark in marks]:
            return f"it has {what} ({found[0]}): type it again"
    if word != word.strip() or " " in word:
        return "it has a space: remove it"
    return ""


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]

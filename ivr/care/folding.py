"""Normalises words and passports, and maps letters to telephone keys.

Keys follow ITU-T E.161; the diacritics of Turkmen letters are dropped. A word that can be written
in two scripts gives two strings of keys.
"""

from __future__ import annotations

import re
import unicodedata

LATIN = {
    letter: key
    for key, letters in {
        "2": "abcäç",
        "3": "def",
        "4": "ghi",
        "5": "jkl",
        "6": "mnoňö",
        "7": "pqrsş",
        "8": "tuvü",
        "9": "wxyzýž",
    }.items()
    for letter in letters
}
CYRILLIC = {
    letter: key
    for key, letters in {
        "2": "абвг",
        "3": "деёжз",
        "4": "ийкл",
        "5": "мноп",
        "6": "рсту",
        "7": "фхцч",
        "8": "шщъы",
        "9": "ьэюя",
    }.items()
    for letter in letters
}
LOOK_ALIKES = dict(zip("авсенкмортхуі", "abcehkmoptxyi", strict=True))
"""Cyrillic letters that look like Latin ones, in lower case."""
_TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in LOOK_ALIKES.items()}
_MARKS = str.maketrans("äçžňöşüý", "acznosuy")

REGIONS = ("AŞ", "AH", "BN", "DZ", "LB", "MR")
"""Regions of a passport's series, in the order of their keys 1 to 6."""
_REGION_KEYS = {name: str(key) for key, name in enumerate(REGIONS, 1)}
_AS_PRINTED = re.compile(rf"(I{{1,3}})-({'|'.join(REGIONS)}) ([0-9]{{6}})")
"""The form in passports and most files; other forms are parsed part by part."""
_PASSPORT = re.compile(r"([I1L|]{1,3}|[23ПШ])([A-ZА-Я]{2})(?:NO?)?([0-9]{6})")
_ROMAN = {"2": 2, "3": 3, "П": 2, "Ш": 3}
"""Other spellings of a Roman number: digits, and Cyrillic letters that look like it."""
_MARKING = ("Mn", "Cf")
"""Unicode categories to drop: diacritics (Ş becomes S) and invisible characters."""
_REGION = {"MP": "MR", "AX": "AH", "AШ": "AS", "БH": "BN", "ДЗ": "DZ", "ЛБ": "LB"}
"""Regions in Cyrillic letters, with their look-alikes folded."""
_BETWEEN = re.compile(r"[\s.,:;#°'\"“”«»_/\u2010-\u2015\u2212-]")
"""Characters that people write between and around the parts of a passport number."""


def fold_word(word: str) -> str:
    """Return a word in the form for comparing.

    Letters become lower case, look-alikes and diacritics are folded, other characters are dropped.
    A Cyrillic word stays Cyrillic. A word of both scripts becomes the script of the letters that
    exist in one script only.
    """
    small = unicodedata.normalize("NFC", word).casefold()
    letters = [letter for letter in small if letter.isalnum()]
    if any(letter in CYRILLIC and letter not in LOOK_ALIKES for letter in letters):
        return "".join(_TO_CYRILLIC.get(letter, letter) for letter in letters)
    return "".join(LOOK_ALIKES.get(letter, letter) for letter in letters).translate(_MARKS)


def word_keys(word: str) -> tuple[str | None, str | None]:
    """Return the keys of a word in Latin and in Cyrillic letters; None: not in that script.

    Digits of a word are their own keys.
    """
    small = unicodedata.normalize("NFC", word).casefold()
    letters = [letter for letter in small if letter.isalnum()]
    latin = [LATIN.get(LOOK_ALIKES.get(letter, letter)) or _digit(letter) for letter in letters]
    cyrillic = [CYRILLIC.get(letter) or _digit(letter) for letter in letters]
    return _joined(latin), _joined(cyrillic)


def passport_keys(text: str) -> str | None:
    """Return the eight keys of a passport in any written form (``II-MR 123456``), else None.

    The keys are: Roman number 1–3, region 1–6, six digits. S is read as Ş, look-alikes are folded,
    and the region may be in Cyrillic letters.
    """
    if found := _AS_PRINTED.fullmatch(text):
        return f"{len(found[1])}{_REGION_KEYS[found[2]]}{found[3]}"
    small = unicodedata.normalize("NFKD", text.replace("№", "")).casefold()
    plain = "".join(letter for letter in small if unicodedata.category(letter) not in _MARKING)
    folded = "".join(LOOK_ALIKES.get(letter, letter) for letter in plain).upper()
    found = _PASSPORT.fullmatch(_BETWEEN.sub("", folded))
    if found is None:
        return None
    roman, region, digits = found.groups()
    regions = [name.replace("Ş", "S") for name in REGIONS]
    region = _REGION.get(region, region)
    if region not in regions:
        return None
    return f"{_ROMAN.get(roman, len(roman))}{regions.index(region) + 1}{digits}"


def _digit(letter: str) -> str | None:
    return letter if letter in "0123456789" else None


def _joined(keys: list[str | None]) -> str | None:
    if not keys or any(key is None for key in keys):
        return None
    return "".join(key for key in keys if key)

"""Convert texts to words that a voice can read: no digit, no abbreviation, no look-alike letter.

espeak-ng skips digits in Turkmen and garbles abbreviations, so none may reach it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ivr.domain.values import Language, Money
from ivr.speech.forms import counted, digits, money
from ivr.speech.letters import ALONE, NAMES, VOWELS, fold, readable
from ivr.speech.lexicon import Lexicon
from ivr.speech.numerals import MOST_DIGITS, RUSSIAN_ENDINGS, cardinal, ordinal, russian_ordinal

MARKS = {
    Language.TURKMEN: {"%": "göterim", "№": "belgi", "+": "plýus", "&": "we", "@": "et"},
    Language.RUSSIAN: {"%": "процентов", "№": "номер", "+": "плюс", "&": "и", "@": "собака"},
    Language.ENGLISH: {"%": "percent", "№": "number", "+": "plus", "&": "and", "@": "at"},
}
KEYS = {
    Language.TURKMEN: {"#": "gözenek", "*": "ýyldyzjyk"},
    Language.RUSSIAN: {"#": "решётка", "*": "звёздочка"},
    Language.ENGLISH: {"#": "hash", "*": "star"},
}
POINT = {Language.TURKMEN: "nokat", Language.RUSSIAN: "запятая", Language.ENGLISH: "point"}
GROUP = 2
"""Number of digits said together in a long number."""
LONG = 6
"""A number with at least so many digits is said in pairs, unless it is round (thousands)."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DIGITS = re.compile(r"\d+")
_CAPITALS = re.compile(r"[A-ZА-ЯЁÄÇŇÖŞÜÝŽ]{2,}")
"""An abbreviation, or the beginning of one with an ending: "SMSler" is "es em esler"."""
_MONEY = re.compile(
    r"(?<![\d.,])(\d{1,9})[.,](\d\d)\s*(?:manat|tmt|манат(?:а|ов)?|тмт)\b", re.IGNORECASE
)
_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,9})[.,](\d{1,6})(?![\d.,]*\d)")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,9})\s*%")
_ORDINALS = {
    Language.TURKMEN: re.compile(r"(?<![\d.,])(\d{1,9})-?(?:nji|njy|inji|ynjy|unjy|ünji)\b"),
    Language.RUSSIAN: re.compile(rf"(?<![\d.,])(\d{{1,5}})-?({'|'.join(RUSSIAN_ENDINGS)})\b"),
    Language.ENGLISH: re.compile(r"(?<![\d.,])(\d{1,9})(?:st|nd|rd|th)\b"),
}
_PUNCTUATION = ".,:;!?"
_DASHES = re.compile(r"\s+-+(?=\s|$)|(?:^|(?<=\s))-+(?=\s)")


def spell(language: Language, text: str, lexicon: Lexicon) -> str:
    """Return the words of a text: letters of the language, spaces, hyphens,
    ``'`` and ``.,:;!?``."""
    said = {word.casefold(): words for word, words in lexicon[language].items()}
    # NFKC would make "No" of "№".
    text = _plain(unicodedata.normalize("NFKC", text.replace("№", f" {MARKS[language]['№']} ")))
    if language is not Language.ENGLISH:
        text = text.replace("'", "")  # not a letter of these languages
    text = _WORD.sub(lambda found: fold(found.group(), language), text)
    text = _numbers(language, text)
    for mark, name in {**MARKS[language], **KEYS[language]}.items():
        text = text.replace(mark, f" {name} ")
    text = _WORD.sub(lambda found: fold(found.group(), language), readable(language, text))
    return _tidy(_WORD.sub(lambda found: _word(language, found.group(), said), text))


def unsayable(language: Language, text: str) -> str:
    """Return the first letter or sign that no voice would say; empty if all of it is said."""
    known = {*MARKS[language], *KEYS[language]}
    words: list[str] = _WORD.findall(text)
    for word in words:
        for letter in word:
            if letter.isalpha() and not readable(language, fold(letter, language)):
                return letter
    return next((each for each in text if _is_sign(each) and each not in known), "")


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in ("Sm", "Sc", "So", "Sk")


def _plain(text: str) -> str:
    """Convert digits of any script to ASCII, and dashes and apostrophes to one kind each."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    if letter.isdecimal():
        return str(int(letter))
    if unicodedata.category(letter) == "Pd" or letter == "\u2212":
        return "-"
    return {"\u2019": "'", "\u02bc": "'", "\u2026": "...", "\u2044": "/"}.get(letter, letter)


def _numbers(language: Language, text: str) -> str:
    def amount(found: re.Match[str]) -> str:
        return f" {money(language, Money(int(found[1]) * 100 + int(found[2])))} "

    def decimal(found: re.Match[str]) -> str:
        return f" {_number(language, found[1])} {POINT[language]} {_number(language, found[2])} "

    def nth(found: re.Match[str]) -> str:
        try:
            if language is Language.RUSSIAN:
                return f" {russian_ordinal(int(found[1]), found[2])} "
            return f" {ordinal(language, int(found[1]))} "
        except ValueError:
            return f" {cardinal(language, int(found[1]))} "

    if language is Language.ENGLISH:
        text = _THOUSANDS.sub("", text)
    text = _MONEY.sub(amount, text)
    text = _PERCENT.sub(lambda found: f" {counted(language, int(found[1]), 'percent')} ", text)
    text = _ORDINALS[language].sub(nth, text)
    text = _DECIMAL.sub(decimal, text)
    return _DIGITS.sub(lambda found: f" {_number(language, found.group())} ", text)


def _number(language: Language, written: str) -> str:
    is_long = len(written) >= LONG and not written.endswith("000")
    if (written.startswith("0") and written != "0") or is_long or len(written) > MOST_DIGITS:
        groups = [written[at : at + GROUP] for at in range(0, len(written), GROUP)]
        return " ".join(digits(language, group) for group in groups)
    return cardinal(language, int(written))


def _word(language: Language, word: str, said: Mapping[str, str]) -> str:
    """Return how a word is said: by the lexicon, or its abbreviations letter by letter."""
    if (known := said.get(word.casefold())) is not None:
        return known
    names = NAMES[language]
    spelled = _CAPITALS.sub(
        lambda run: f" {said.get(run.group().casefold()) or _letters(names, run.group())}", word
    )
    return " ".join(_readable(language, part) for part in spelled.split())


def _readable(language: Language, word: str) -> str:
    """Write a word in small letters except the first; spell a non-word, such as "mms"."""
    small = word.lower()
    if len(word) == 1:
        is_word = small in ALONE[language]  # "с", "a"
    else:
        is_word = language is Language.ENGLISH or bool(set(small) & set(VOWELS[language]))
    if not is_word:
        return _letters(NAMES[language], word)
    return word[:1] + word[1:].lower()


def _letters(names: Mapping[str, str], word: str) -> str:
    return " ".join(names[letter] for letter in word.lower() if letter in names)


def _tidy(text: str) -> str:
    """Keep one space between words, single marks after them, and no other non-letters."""
    text = _DASHES.sub(",", text)
    text = re.sub(rf"[^\w\s'{_PUNCTUATION}-]|[\d_]", " ", text)
    text = re.sub(r"(?<![^\W\d_])['-]+|['-]+(?![^\W\d_])", " ", text)
    text = re.sub(rf"\s*([{_PUNCTUATION}])[\s{_PUNCTUATION}]*", r"\1 ", text)
    return re.sub(r"\s+", " ", text).strip()

"""How much of what was said was heard wrong: in words, in digits, in letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from ivr.domain.values import Language
from ivr.speech.forms import digits, pairs
from ivr.speech.lexicon import Lexicon
from ivr.speech.numerals import (
    RUSSIAN_ENDINGS,
    cardinal,
    feminine,
    genitive,
    neuter,
    ordinal,
    russian_ordinal,
)
from ivr.speech.spelling import spell

LONG = 6
"""From so many digits on, a number that is heard as one is a telephone number, said in pairs."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors among so many words, digits or letters."""

    wrong: int = 0
    of: int = 0

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.wrong + other.wrong, self.of + other.of)

    @property
    def percent(self) -> float:
        """Of all that was said."""
        return 100 * self.wrong / max(1, self.of)


def total(rates: Iterable[Rate]) -> Rate:
    """All errors among all that was said.

    A sentence is no more than all wrong: a recogniser may repeat one word without end.
    """
    return sum((Rate(min(rate.wrong, rate.of), rate.of) for rate in rates), Rate())


def compare(said: Sequence[str], heard: Sequence[str]) -> Rate:
    """Levenshtein's distance: what was replaced, left out or added."""
    before = list(range(len(heard) + 1))
    for row, each in enumerate(said, 1):
        now = [row]
        for column, other in enumerate(heard, 1):
            replaced = before[column - 1] + (each != other)
            now.append(min(replaced, before[column] + 1, now[-1] + 1))
        before = now
    return Rate(before[-1], len(said))


def words(language: Language, text: str, lexicon: Lexicon) -> list[str]:
    """Words of a text to compare: figures and abbreviations as they are said, no marks."""
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text.casefold())
    text = re.sub(r"(?<=\d)(?=[ap]m\b)", " ", text)
    text = re.sub(r"\b([ap])m\b", lambda found: found.group().upper(), text)
    said = spell(language, text, lexicon).casefold().replace("ё", "е").replace("'", "")
    return re.findall(r"[^\W\d_]+", said)


def figures(language: Language, text: str) -> str:
    """The digits of all numbers in a text, whether they are in words or in figures.

    "sixty-six, 30, zero eight" → ``663008``; ordinals count as their numbers.
    """
    ones, thousands = _numbers(language)
    text = re.sub(r"(?<=[^\W\d_]) (?=(?:hundred|ýüz)\b)", "", text.casefold())
    found: list[str] = []
    number, room = "", 0  # room: what follows must be less to belong to the same number
    for token in re.findall(r"\d+(?:[.,]\d{3}(?!\d))*|[^\W\d_]+", text):
        value = ones.get(token)
        if token[0].isdigit():
            token = re.sub(r"\D", "", token)
            if room == 1000 and len(token) < 4 and not token.startswith("0"):
                number, room = str(int(number) + int(token)), 0
            else:
                found.append(number)
                number, room = token, 0
        elif value is not None and 0 < value < room:
            number, room = str(int(number) + value), _room(value)
        elif value is not None:
            found.append(number)
            number, room = str(value), _room(value)
        elif token in thousands:
            if not number or int(number) >= 1000 or number.startswith("0"):
                found.append(number)
                number = "1"
            number, room = f"{number}000", 1000
        elif not (token == "and" and room >= 100):
            found.append(number)
            number, room = "", 0
    return "".join([*found, number])


def _room(value: int) -> int:
    """What a number's word may be followed by: "twenty" by less than ten."""
    if value >= 100:
        return 100
    return 10 if value >= 20 and value % 10 == 0 else 0


@lru_cache(maxsize=len(Language))
def _numbers(language: Language) -> tuple[Mapping[str, int], Set[str]]:
    """Words of numbers below a thousand, "two hundred" as one, and words of a thousand."""
    ones: dict[str, int] = {}
    for number in (*range(20), *range(20, 100, 10), *range(100, 1000, 100)):
        forms = {cardinal(language, number), ordinal(language, number)}
        if language is Language.RUSSIAN:
            forms |= {russian_ordinal(number, ending) for ending in RUSSIAN_ENDINGS}
            forms |= {feminine(number), neuter(number), genitive(number)}
            forms |= {genitive(number, is_feminine=True)}
            forms |= {form.replace("ё", "е") for form in forms}
        ones |= {form.replace(" ", ""): number for form in forms}
    match language:
        case Language.TURKMEN:
            return ones, {"müň"}
        case Language.RUSSIAN:
            return {**ones, "одну": 1}, {"тысяча", "тысячи", "тысяч", "тысячу"}
        case Language.ENGLISH:
            return {**ones, "oh": 0, "ahundred": 100}, {"thousand"}


_TURKMEN = str.maketrans("äyýjžçşňwöü", "eiycjcsnvou")
_RELATED = str.maketrans("ıəçşğqxñwöüâîû", "iecsgghnvouaiu")


def rough(text: str, *, is_turkmen: bool = False) -> str:
    """A text in an alphabet in which Turkmen, Turkish and Azeri look alike: 21 letters, no spaces.

    A foreign ear hears the bounds of words by chance. A figure is read as a Turkmen number: who
    writes 66 for "altmyş alty" has heard it.
    """
    letters = _TURKMEN if is_turkmen else _RELATED
    parts = re.split(r"(\d+)", unicodedata.normalize("NFC", text).casefold())
    folded = (
        _read(part).translate(_TURKMEN) if part.isdecimal() else part.translate(letters)
        for part in parts
    )
    return re.sub(r"[^a-z]", "", "".join(folded))


def _read(figure: str) -> str:
    say = pairs if len(figure) >= LONG else digits
    return say(Language.TURKMEN, figure)


def nearest(heard: str, among: Iterable[str]) -> str:
    """The text that differs least from what was heard, by its share of the longer of both."""
    return min(among, key=lambda text: compare(text, heard).wrong / max(len(text), len(heard), 1))

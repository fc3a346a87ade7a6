"""The words of numbers, money and dates, which are rendered in advance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ivr.domain.values import Language
from ivr.speech.cases import turkmen_from, turkmen_to
from ivr.speech.forms import BARE_MONTHS, MONTHS, UNITS
from ivr.speech.numerals import (
    cardinal,
    feminine,
    genitive,
    neuter,
    ordinal,
    russian_ordinal,
    russian_year,
)

WHOLE = 100
"""Each number below this has one sound, so that "forty-five" is not two words."""
LARGE = (*range(100, 1000, 100), 1_000, 2_000, 5_000, 1_000_000, 2_000_000, 5_000_000)
YEARS = range(2020, 2041)
"""Years with one sound each; other years are composed."""
ENDINGS = (*range(20, 100, 10), *range(100, 1000, 100), 1000)
"""Numbers that can be the last part of an ordinal, besides those below twenty."""


@lru_cache(maxsize=len(Language))
def vocabulary(language: Language) -> frozenset[str]:
    """Return the words and groups of words of which values are composed."""
    return frozenset(words for words in _words(language) if words)


@lru_cache(maxsize=len(Language))
def unit_nouns(language: Language) -> frozenset[str]:
    """Return those words that name a unit: "manat", "days"."""
    nouns = {form for forms in UNITS.values() for form in forms[language]}
    if language is Language.TURKMEN:
        nouns |= {case(noun) for noun in ("manat", "teňňe") for case in (turkmen_from, turkmen_to)}
    return frozenset(nouns)


def compose(words: str, pieces: frozenset[str]) -> list[str]:
    """Split a value's words into known pieces, the longest first; unknown words stay single."""
    rest = words.replace(",", " ,").split()
    found: list[str] = []
    while rest:
        for length in range(min(5, len(rest)), 0, -1):
            piece = " ".join(rest[:length])
            if piece in pieces or length == 1:
                found.append(piece)
                del rest[:length]
                break
    return found


def _words(language: Language) -> Iterable[str]:
    yield from (cardinal(language, number) for number in range(WHOLE))
    yield from (f"{cardinal(language, 0)} {cardinal(language, n)}" for n in range(10))
    for number in LARGE:
        spelled = cardinal(language, number)
        yield spelled
        yield from spelled.split()
    yield from (form for forms in UNITS.values() for form in forms[language])
    yield from MONTHS[language]
    yield from (ordinal(language, number) for number in range(1, 32))
    yield from cardinal(language, 2_000_000_000).split()
    yield from cardinal(language, 5_000_000_000).split()
    yield cardinal(language, 1_000_000_000).split()[-1]
    match language:
        case Language.TURKMEN:
            yield "minus"
            yield "ýylyň"
            yield from (ordinal(language, year) for year in YEARS)
            yield from (ordinal(language, number).split()[-1] for number in ENDINGS)
            yield from BARE_MONTHS
            yield from ("ýarym", "bitin ondan")
            minutes = [cardinal(language, number) for number in range(60)]
            minutes += [f"{minutes[0]} {minutes[number]}" for number in range(10)]
            for words in (*minutes, *BARE_MONTHS, "manat", "teňňe"):
                yield from (turkmen_from(words), turkmen_to(words))
        case Language.RUSSIAN:
            yield "минус"
            yield "года"
            yield from (russian_year(year) for year in YEARS)
            yield from (russian_year(number) for number in (*range(1, 20), *ENDINGS, 2000))
            ones = [tens + one for tens in (0, *range(20, 100, 10)) for one in (1, 2)]
            yield from (feminine(number) for number in ones)
            yield from (neuter(number) for number in ones)
            yield from (genitive(number, is_feminine=True) for number in ones)
            yield from (genitive(number) for number in range(WHOLE))
            for number in LARGE:
                yield genitive(number)
                yield from genitive(number).split()
            yield from (russian_ordinal(number, "го") for number in range(1, 32))
            yield from ("полтора", "с половиной", "целая", "целых", "десятая", "десятых", "тысяча")
        case Language.ENGLISH:
            yield from ("minus", "the", "of", "AM", "PM", "oh", "noon", "midnight")
            yield from ("point", "and a half")

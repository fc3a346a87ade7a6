"""The pieces of which values are composed, by kind and position: all that callers can hear of them.

The last piece of a value has the contour of its place in the sentence; the pieces before it have
the continuing contour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.cases import turkmen_from, turkmen_to
from ivr.speech.forms import BARE_MONTHS, COUNTED, MONTHS, UNITS, spoken
from ivr.speech.numerals import cardinal, feminine, genitive, neuter, ordinal, russian_year
from ivr.speech.vocabulary import WHOLE, YEARS, compose, vocabulary

ROUND = (
    *range(100, 1_000, 100),
    *range(1_000, 100_000, 1_000),
    *range(100_000, 1_000_000, 100_000),
    *(count * size for size in (10**6, 10**9) for count in (1, 2, 5, 21, 22, 25, 100)),
)
NUMBERS = (*range(WHOLE), *ROUND, *(number + 5 for number in ROUND))
"""Numbers that together contain every piece of any number in every position."""
KEYS = range(1, 6)
TIMES = (
    *(time(hour, minute) for hour in range(24) for minute in (0, 30)),
    *(time(hour, minute) for hour in (0, 9, 12, 21) for minute in range(60)),
)
DAYS = (
    *(date(2028, 1, 1) + timedelta(days) for days in range(366)),
    *(date(year, 1, 1) for year in YEARS),
)
"""Every day of a leap year, and every year."""


class Group(StrEnum):
    """Pieces that are read together, in the order of a reading script."""

    NUMBERS = "numbers"
    ZEROS = "pairs that begin with a zero"
    FORMS = "other forms of numbers"
    LARGE = "hundreds, thousands, millions"
    UNITS = "units"
    ORDINALS = "ordinals"
    MONTHS = "months"
    YEARS = "years"
    OTHERS = "small words"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one kind of value: those followed by more of it, and those that end it."""

    inner: frozenset[str]
    last: frozenset[str]


@cache
def pieces(language: Language, kind: str) -> Pieces:
    """Return the pieces of all values of a kind; none for ``text`` and
    ``plain``, which are words."""
    known = vocabulary(language)
    inner: set[str] = set()
    last: set[str] = set()
    for value in values(kind):
        *before, end = (
            piece for piece in compose(spoken(language, kind, value), known) if piece != ","
        )
        inner.update(before)
        last.add(end)
    return Pieces(frozenset(inner), frozenset(last))


@cache
def grouped(language: Language) -> dict[str, Group]:
    """Return each piece of the vocabulary once, with its group, in an order fit for reading."""
    known = vocabulary(language)
    found: dict[str, Group] = {}
    for group, words in _ordered(language):
        if words in known:
            found.setdefault(words, group)
    for words in sorted(known - set(found)):
        is_unit = any(words.startswith(form) for form in ("manat", "teňňe"))
        found[words] = Group.UNITS if is_unit else Group.OTHERS
    order = list(Group)
    return dict(sorted(found.items(), key=lambda item: order.index(item[1])))


def values(kind: str) -> Iterable[Value]:
    """Return values of a kind that together contain all its pieces in all positions."""
    match kind.partition("-")[0]:
        case "money":
            amounts = [Money(number * 100 + tenge) for number in NUMBERS for tenge in (0, 5)]
            return [*amounts, Money(-100), *(Money(tenge) for tenge in range(100))]
        case "date" | "monthday":
            return DAYS
        case "clock":
            return TIMES
        case "key":
            return KEYS
        case "phone" | "code":
            return [
                *(f"{one:02d}{one:02d}" for one in range(100)),
                *(f"{one}{one}{one}" for one in range(10)),
                *map(str, range(10)),
            ]
        case "megabytes":
            tenths = [
                -(-(10 * whole + tenth) * 1024 // 10)
                for whole in range(1, 100)
                for tenth in range(10)
            ]
            return [*range(100), *range(100, 1_000, 100), *tenths]
        case "number":
            return NUMBERS
        case _ if kind in COUNTED:
            return NUMBERS
    return ()


def _ordered(language: Language) -> Iterator[tuple[Group, str]]:
    numbers = [cardinal(language, number) for number in range(WHOLE)]
    yield from ((Group.NUMBERS, words) for words in numbers)
    yield from ((Group.ZEROS, f"{numbers[0]} {words}") for words in numbers[:10])
    match language:
        case Language.RUSSIAN:
            for form in (feminine, neuter, genitive):
                yield from ((Group.FORMS, form(number)) for number in range(WHOLE))
            yield from (
                (Group.FORMS, genitive(number, is_feminine=True)) for number in range(WHOLE)
            )
        case Language.TURKMEN:
            for case in (turkmen_from, turkmen_to):
                yield from ((Group.FORMS, case(words)) for words in numbers)
                yield from ((Group.FORMS, case(f"{numbers[0]} {words}")) for words in numbers)
        case Language.ENGLISH:
            pass
    spelled = [cardinal(language, number) for number in ROUND]
    spelled += [genitive(number) for number in ROUND] if language == "ru" else []
    for words in spelled:
        yield Group.LARGE, words
        yield from ((Group.LARGE, word) for word in words.split())
    for forms in UNITS.values():
        yield from ((Group.UNITS, form) for form in forms[language])
    for ending in ("е", "го") if language is Language.RUSSIAN else ("",):
        for number in range(1, 32):
            words = ordinal(language, number) if ending != "го" else russian_year(number)
            yield Group.ORDINALS, words
    months = MONTHS[language]
    if language is Language.TURKMEN:
        months += BARE_MONTHS
        months += tuple(case(month) for case in (turkmen_from, turkmen_to) for month in BARE_MONTHS)
    yield from ((Group.MONTHS, month) for month in months)
    for year in YEARS:
        yield Group.YEARS, russian_year(year) if language == "ru" else ordinal(language, year)

"""Values in words: money, dates, phone numbers, counts, in each language."""

from __future__ import annotations

from datetime import date, time
from typing import Literal, get_args

from ivr.ports import Value
from ivr.speech.numerals import cardinal, feminine, ordinal, russian_year
from ivr.values import Language, Money

Kind = Literal[
    "money",
    "date",
    "monthday",
    "clock",
    "phone",
    "code",
    "number",
    "text",
    "plain",
    "days",
    "hours",
    "minutes",
    "megabytes",
    "seconds",
    "pieces",
    "times",
    "percent",
]
"""Kinds of placeholder. ``text`` is the key of another text, ``plain`` any words."""
KINDS: tuple[str, ...] = get_args(Kind)


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
MONTHS = {
    TK: _words(
        "ýanwary fewraly marty apreli maýy iýuny iýuly awgusty sentýabry oktýabry noýabry dekabry"
    ),
    RU: _words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    EN: _words(
        "January February March April May June July August September October November December"
    ),
}
"""Months as a date needs them: in Turkmen with the possessive ending, in Russian the genitive."""

UNITS: dict[str, dict[Language, tuple[str, ...]]] = {
    "manat": {TK: ("manat",), RU: ("манат", "маната", "манатов"), EN: ("manat",)},
    "tenge": {TK: ("teňňe",), RU: ("тенге",), EN: ("tenge",)},
    "days": {TK: ("gün",), RU: ("день", "дня", "дней"), EN: ("day", "days")},
    "hours": {TK: ("sagat",), RU: ("час", "часа", "часов"), EN: ("hour", "hours")},
    "minutes": {TK: ("minut",), RU: ("минута", "минуты", "минут"), EN: ("minute", "minutes")},
    "megabytes": {
        TK: ("megabaýt",),
        RU: ("мегабайт", "мегабайта", "мегабайтов"),
        EN: ("megabyte", "megabytes"),
    },
    "gigabytes": {
        TK: ("gigabaýt",),
        RU: ("гигабайт", "гигабайта", "гигабайтов"),
        EN: ("gigabyte", "gigabytes"),
    },
    "seconds": {TK: ("sekunt",), RU: ("секунда", "секунды", "секунд"), EN: ("second", "seconds")},
    "pieces": {TK: ("sany",), RU: ("штука", "штуки", "штук"), EN: ("piece", "pieces")},
    "times": {TK: ("gezek",), RU: ("раз", "раза", "раз"), EN: ("time", "times")},
    "percent": {TK: ("göterim",), RU: ("процент", "процента", "процентов"), EN: ("percent",)},
}
"""Names of units: one form where a noun does not change after a number, as in Turkmen."""
FEMININE = frozenset({"minutes", "pieces", "seconds"})
COUNTED = frozenset(UNITS) - {"manat", "tenge", "gigabytes", "megabytes"}
"""Kinds of placeholder that are a number and a unit."""


def spoken(language: Language, kind: str, value: Value) -> str:
    """A value in words. ValueError: the value is not of its kind, or too large to be spoken."""
    match kind, value:
        case "money", Money():
            return money(language, value)
        case "date", date():
            return day(language, value)
        case "monthday", date():
            return monthday(language, value)
        case "clock", time():
            return clock(language, value)
        case "megabytes", int():
            return traffic(language, value)
        case "phone", str():
            return phone(language, value)
        case "code", str():
            return pairs(language, value)
        case "number", int():
            return cardinal(language, value)
        case _, int() if kind in COUNTED:
            return counted(language, value, kind)
    raise ValueError(f"{value!r} cannot be said as {kind}")


def money(language: Language, amount: Money) -> str:
    """``-3.05`` → "minus üç manat bäş teňňe"; a part that is zero is left out."""
    manat, tenge = divmod(abs(amount.tenge), 100)
    parts = ["minus" if language is not RU else "минус"] if amount.tenge < 0 else []
    if manat or not tenge:
        parts.append(counted(language, manat, "manat"))
    if tenge:
        parts.append(counted(language, tenge, "tenge"))
    return " ".join(parts)


def counted(language: Language, number: int, name: str) -> str:
    """A number with its unit, agreeing as the language wants: "два маната", "five days"."""
    is_feminine = language is RU and name in FEMININE
    words = feminine(number) if is_feminine else cardinal(language, number)
    return f"{words} {unit(language, number, name)}"


def unit(language: Language, number: int, name: str) -> str:
    """The unit alone in the form that the number wants: "маната" of 2."""
    return _form(language, number, UNITS[name][language])


def day(language: Language, when: date) -> str:
    """A date, as it is said: "iki müň ýigrimi altynjy ýylyň ýigrimi ikinji noýabry"."""
    month = when.month - 1
    match language:
        case Language.TURKMEN:
            return f"{ordinal(TK, when.year)} ýylyň {ordinal(TK, when.day)} {MONTHS[TK][month]}"
        case Language.RUSSIAN:
            year = f"{russian_year(when.year)} года"
            return f"{ordinal(RU, when.day)} {MONTHS[RU][month]} {year}"
        case Language.ENGLISH:
            year = cardinal(EN, when.year)
            return f"the {ordinal(EN, when.day)} of {MONTHS[EN][month]} {year}"


def monthday(language: Language, when: date) -> str:
    """A date near today, without its year: "ýigrimi ikinji noýabry"."""
    month = MONTHS[language][when.month - 1]
    match language:
        case Language.TURKMEN | Language.RUSSIAN:
            return f"{ordinal(language, when.day)} {month}"
        case Language.ENGLISH:
            return f"the {ordinal(EN, when.day)} of {month}"


def clock(language: Language, when: time) -> str:
    """A time of day by the 24-hour clock, minutes left out at a full hour."""
    hour, minute = when.hour, when.minute
    match language:
        case Language.TURKMEN:
            spoken_minute = f" {digits(TK, f'{minute:02d}')}" if minute else ""
            return f"sagat {cardinal(TK, hour)}{spoken_minute}"
        case Language.RUSSIAN:
            spoken_minute = f" {counted(RU, minute, 'minutes')}" if minute else ""
            return f"{counted(RU, hour, 'hours')}{spoken_minute}"
        case Language.ENGLISH:
            if minute:
                return f"{cardinal(EN, hour)} {digits(EN, f'{minute:02d}')}"
            return f"{cardinal(EN, hour)} hours"


def traffic(language: Language, megabytes: int) -> str:
    """A volume of data; whole gigabytes (1024 megabytes) as such."""
    if megabytes and megabytes % 1024 == 0:
        return counted(language, megabytes // 1024, "gigabytes")
    return counted(language, megabytes, "megabytes")


def phone(language: Language, number: str) -> str:
    """A number in pairs of its national digits; a zero that begins a pair is said."""
    return pairs(language, number.removeprefix("993") if len(number) == 11 else number)


def pairs(language: Language, code: str) -> str:
    """Digits two by two, a zero that begins a pair said; an odd one comes first, alone."""
    if not (code.isascii() and code.isdigit()):
        raise ValueError("a number is said in pairs from its digits")
    odd = len(code) % 2
    groups = [code[:odd]] if odd else []
    groups += [code[at : at + 2] for at in range(odd, len(code), 2)]
    return ", ".join(digits(language, group) for group in groups)


def digits(language: Language, group: str) -> str:
    """A group of digits as one number, with the zeros before it: ``08`` → "nol sekiz"."""
    zeros = len(group) - len(group.lstrip("0"))
    words = [cardinal(language, 0)] * zeros
    if zeros < len(group):
        words.append(cardinal(language, int(group)))
    return " ".join(words)


def _form(language: Language, number: int, forms: tuple[str, ...]) -> str:
    number = abs(number)
    if len(forms) == 1:
        return forms[0]
    if language is EN:
        return forms[0] if number == 1 else forms[1]
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return forms[1]
    return forms[2]

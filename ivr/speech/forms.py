"""Values in words: money, dates, phone numbers, counts, in each language."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Literal, get_args

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.cases import russian_counted, turkmen_from, turkmen_to
from ivr.speech.numerals import cardinal, feminine, neuter, ordinal, russian_ordinal, russian_year

Kind = Literal[
    "money",
    "money-from",
    "money-to",
    "date",
    "monthday",
    "monthday-from",
    "monthday-to",
    "clock",
    "clock-from",
    "clock-to",
    "key",
    "phone",
    "code",
    "number",
    "text",
    "plain",
    "days",
    "hours",
    "minutes",
    "megabytes",
    "messages",
    "seconds",
    "pieces",
    "times",
    "percent",
]
"""Kinds of placeholder. ``text`` is the key of another text, ``plain`` any words, ``key`` a key to
press; ``-from`` and ``-to`` are forms for a beginning and an end ("from nine to eighteen")."""
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
"""Months as used in dates: in Turkmen with the possessive ending, in Russian the genitive."""
BARE_MONTHS = _words("ýanwar fewral mart aprel maý iýun iýul awgust sentýabr oktýabr noýabr dekabr")
"""Turkmen months of a date without a year: "8-nji mart", not the possessive."""

UNITS: dict[str, dict[Language, tuple[str, ...]]] = {
    "manat": {TK: ("manat",), RU: ("манат", "маната", "манатов"), EN: ("manat",)},
    "tenge": {TK: ("teňňe",), RU: ("тенге",), EN: ("tenge",)},
    "days": {TK: ("gün",), RU: ("день", "дня", "дней"), EN: ("day", "days")},
    "hours": {TK: ("sagat",), RU: ("час", "часа", "часов"), EN: ("hour", "hours")},
    "minutes": {TK: ("minut",), RU: ("минута", "минуты", "минут"), EN: ("minute", "minutes")},
    "megabytes": {
        TK: ("megabaýt",),
        RU: ("мегабайт", "мегабайта", "мегабайт"),
        EN: ("megabyte", "megabytes"),
    },
    "gigabytes": {
        TK: ("gigabaýt",),
        RU: ("гигабайт", "гигабайта", "гигабайт"),
        EN: ("gigabyte", "gigabytes"),
    },
    "messages": {
        TK: ("SMS",),
        RU: ("SMS-сообщение", "SMS-сообщения", "SMS-сообщений"),
        EN: ("SMS",),
    },
    "seconds": {TK: ("sekunt",), RU: ("секунда", "секунды", "секунд"), EN: ("second", "seconds")},
    "pieces": {TK: ("sany",), RU: ("штука", "штуки", "штук"), EN: ("piece", "pieces")},
    "times": {TK: ("gezek",), RU: ("раз", "раза", "раз"), EN: ("time", "times")},
    "percent": {TK: ("göterim",), RU: ("процент", "процента", "процентов"), EN: ("percent",)},
}
"""Names of units; one form if a noun does not change after a number, as in Turkmen."""
NOON = {0: "midnight", 12: "noon"}
FEMININE = frozenset({"minutes", "pieces", "seconds"})
NEUTER = frozenset({"messages"})
COUNTED = frozenset(UNITS) - {"manat", "tenge", "gigabytes", "megabytes"}
"""Kinds of placeholders that consist of a number and a unit."""


_ONE_THOUSAND = re.compile(r"(?:^|(?<=^минус ))одна тысяча")


def spoken(language: Language, kind: str, value: Value) -> str:
    """Return a value in words. ValueError: it is not of its kind, or too large to be spoken."""
    match kind, value:
        case "money", Money():
            return money(language, value)
        case "date", date():
            return day(language, value)
        case "monthday", date():
            return monthday(language, value)
        case "clock", time():
            return clock(language, value)
        case "clock-from" | "clock-to" | "monthday-from" | "monthday-to", time() | date():
            return _inflected(language, kind, value)
        case "money-from" | "money-to", Money():
            return _inflected(language, kind, value)
        case "key", int():
            said = cardinal(language, value)
            return turkmen_to(said) if language is TK else said
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
    """Return an amount: ``-3.05`` → "minus üç manat bäş teňňe"; a part that is zero is left out."""
    parts = ["minus" if language is not RU else "минус"] if amount.tenge < 0 else []
    parts += [counted(language, number, unit) for number, unit in _coins(amount)]
    return _ONE_THOUSAND.sub("тысяча", " ".join(parts))


def _coins(amount: Money) -> list[tuple[int, str]]:
    manat, tenge = divmod(abs(amount.tenge), 100)
    parts = [(manat, "manat")] if manat or not tenge else []
    return [*parts, (tenge, "tenge")] if tenge else parts


def _inflected(language: Language, kind: str, value: Value) -> str:
    base, _, end = kind.rpartition("-")
    if language is TK:
        return (turkmen_from if end == "from" else turkmen_to)(spoken(TK, base, value))
    if language is EN:
        return spoken(EN, base, value)
    match value:
        case Money():
            parts = [russian_counted(number, unit) for number, unit in _coins(value)]
            return " ".join(["минус"] * (value.tenge < 0) + parts)
        case time():
            parts = [russian_counted(value.hour, "hours")]
            if value.minute:
                parts.append(russian_counted(value.minute, "minutes", is_feminine=True))
            return " ".join(parts)
        case date():
            return f"{russian_ordinal(value.day, 'го')} {MONTHS[RU][value.month - 1]}"
    raise ValueError(f"{value!r} cannot be said as {kind}")


def counted(language: Language, number: int, name: str) -> str:
    """Return a number with its unit in the required form: "два маната", "five days"."""
    if language is RU and name in FEMININE:
        words = feminine(number)
    elif language is RU and name in NEUTER:
        words = neuter(number)
    else:
        words = cardinal(language, number)
    return f"{words} {unit(language, number, name)}"


def unit(language: Language, number: int, name: str) -> str:
    """Return the unit alone, in the form that the number requires: "маната" for 2."""
    return _form(language, number, UNITS[name][language])


def day(language: Language, when: date) -> str:
    """Return a spoken date: "iki müň ýigrimi altynjy ýylyň ýigrimi ikinji noýabry"."""
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
    """Return a date near today, without its year: "ýigrimi ikinji noýabr"."""
    month = MONTHS[language][when.month - 1]
    match language:
        case Language.TURKMEN:
            return f"{ordinal(TK, when.day)} {BARE_MONTHS[when.month - 1]}"
        case Language.RUSSIAN:
            return f"{ordinal(RU, when.day)} {month}"
        case Language.ENGLISH:
            return f"the {ordinal(EN, when.day)} of {month}"


def clock(language: Language, when: time) -> str:
    """Return a time of day without minutes at a full hour; in English by the 12-hour clock."""
    hour, minute = when.hour, when.minute
    match language:
        case Language.TURKMEN:
            spoken_minute = f" {digits(TK, f'{minute:02d}')}" if minute else ""
            return f"sagat {cardinal(TK, hour)}{spoken_minute}"
        case Language.RUSSIAN:
            spoken_minute = f" {counted(RU, minute, 'minutes')}" if minute else ""
            return f"{counted(RU, hour, 'hours')}{spoken_minute}"
        case Language.ENGLISH:
            if not minute and hour in NOON:
                return NOON[hour]
            oh = " oh" if 0 < minute < 10 else ""
            spoken_minute = f"{oh} {cardinal(EN, minute)}" if minute else ""
            return f"{cardinal(EN, hour % 12 or 12)}{spoken_minute} {'AM' if hour < 12 else 'PM'}"


def traffic(language: Language, megabytes: int) -> str:
    """Return a data volume; from 1024 megabytes on in gigabytes, rounded down to a tenth."""
    if megabytes < 1024:
        return counted(language, megabytes, "megabytes")
    whole, tenths = divmod(megabytes * 10 // 1024, 10)
    if not tenths:
        return counted(language, whole, "gigabytes")
    name = UNITS["gigabytes"][language][min(1, len(UNITS["gigabytes"][language]) - 1)]
    if tenths == 5:
        if language is RU and whole > 1:  # the noun agrees with the integer part
            name = unit(RU, whole, "gigabytes")
        return f"{_and_a_half(language, whole)} {name}"
    match language:
        case Language.TURKMEN:
            number = f"{cardinal(TK, whole)} bitin ondan {cardinal(TK, tenths)}"
        case Language.RUSSIAN:
            is_one = whole % 10 == 1 and whole % 100 != 11
            number = f"{feminine(whole)} {'целая' if is_one else 'целых'} "
            number += f"{feminine(tenths)} {'десятая' if tenths == 1 else 'десятых'}"
        case Language.ENGLISH:
            number = f"{cardinal(EN, whole)} point {cardinal(EN, tenths)}"
    return f"{number} {name}"


def _and_a_half(language: Language, whole: int) -> str:
    match language:
        case Language.TURKMEN:
            return f"{cardinal(TK, whole)} ýarym"
        case Language.RUSSIAN:
            return "полтора" if whole == 1 else f"{cardinal(RU, whole)} с половиной"
        case Language.ENGLISH:
            return f"{cardinal(EN, whole)} and a half"


def phone(language: Language, number: str) -> str:
    """Return the national digits of a number in pairs; a leading zero of a pair is said."""
    return pairs(language, number.removeprefix("993") if len(number) == 11 else number)


def pairs(language: Language, code: str) -> str:
    """Return digits in pairs, a leading zero of a pair is said; an odd digit comes first, alone."""
    if not (code.isascii() and code.isdigit()):
        raise ValueError("a number is said in pairs from its digits")
    odd = len(code) % 2
    groups = [code[:odd]] if odd else []
    groups += [code[at : at + 2] for at in range(odd, len(code), 2)]
    return ", ".join(digits(language, group) for group in groups)


def digits(language: Language, group: str) -> str:
    """Return a group of digits as one number, with its leading zeros: ``08`` → "nol sekiz"."""
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

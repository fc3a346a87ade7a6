"""The notation of prices, hours and volumes in the files that operators edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from ivr.domain.hours import Hours
from ivr.domain.services import Unit
from ivr.domain.values import Money


class Unquoted(str):
    """An unquoted value in an operator's file that looks like a number."""


def _money(value: object) -> Money:
    if isinstance(value, Money):
        return value
    if not isinstance(value, str) or isinstance(value, Unquoted):
        raise ValueError('write a price in quotes, such as "3.00"')
    amount = Money.from_manat(value)
    if amount.tenge < 0:
        raise ValueError("a price must not be negative")
    if amount.tenge > 10**14:
        raise ValueError("a price has too many digits")
    return amount


_CLOCK = r"([01]?[0-9]|2[0-3]):([0-5][0-9])|24:(00)"


def _hours(value: object) -> Hours:
    if isinstance(value, Hours):
        return value
    found = re.fullmatch(rf"({_CLOCK})\s*[-\u2010-\u2015\u2212]\s*({_CLOCK})", str(value))
    if found is None:
        raise ValueError('write hours in quotes, such as "08:00-20:00"')
    opens, closes = (
        time.fromisoformat("00:00" if part == "24:00" else part.rjust(5, "0"))
        for part in (found.group(1), found.group(5))
    )
    return Hours(opens, closes)


def _hours_text(hours: Hours) -> str:
    return f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class Amount:
    """The volume of a package."""

    number: int
    unit: Unit


_UNITS: Mapping[str, tuple[int, Unit]] = {
    "MB": (1, "megabytes"),
    "GB": (1024, "megabytes"),
    "SMS": (1, "messages"),
}


def _day(value: object) -> object:
    """Refuse a text that is not a date in our notation: a bare number is read as Unix time."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"'{value[:40]}' is not a date; {_AS_DATE}")
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"there is no day '{value}'; {_AS_DATE}") from None


_AS_DATE = "write year-month-day, such as 2026-11-20"


def _volume(value: object) -> Amount:
    if isinstance(value, Amount):
        return value
    found = re.fullmatch(r"([1-9][0-9]{0,5}) (MB|GB|SMS)", str(value))
    if found is None:
        raise ValueError("write a volume as 200 MB, 1 GB or 50 SMS")
    factor, unit = _UNITS[found.group(2)]
    return Amount(int(found.group(1)) * factor, unit)


def _volume_text(amount: Amount) -> str:
    return f"{amount.number} {'MB' if amount.unit == 'megabytes' else 'SMS'}"


Volume = Annotated[Amount, BeforeValidator(_volume), PlainSerializer(_volume_text, return_type=str)]
Price = Annotated[
    Money, BeforeValidator(_money), PlainSerializer(lambda money: money.manat, return_type=str)
]
DayHours = Annotated[Hours, BeforeValidator(_hours), PlainSerializer(_hours_text, return_type=str)]


def _percent(value: object) -> str:
    is_bare = not isinstance(value, str) or isinstance(value, Unquoted)
    if is_bare or not re.fullmatch(r"\d{1,2}(\.\d{1,2})?", str(value)):
        raise ValueError('write a percentage in quotes and without %, such as "12.5"')
    return str(value)


Percent = Annotated[str, BeforeValidator(_percent)]
Day = Annotated[date, BeforeValidator(_day)]
Prefix = Annotated[str, Field(pattern=r"^[0-9]{1,8}$")]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]

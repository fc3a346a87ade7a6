"""Parse times as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from ivr.sheet.findings import Harmless, Notes, shown

EXAMPLE = "such as 2026-11-22 10:30"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheet days have no time zone
"""Day 0 of a spreadsheet that counts days from 1900 and treats 1900 as a leap year."""
FIRST_DAY, LAST_DAY = 36_526, 73_050
"""Days of the years 2000 to 2099; other numbers are not days."""
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]([0-9]{1,12}))?")
_CLOCK = (
    r"(?:[,T]?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_DATE = re.compile(
    r"(?P<a>\d{1,4})(?P<sign>[./-])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{2,4})\.?"
    + r"(?:\s*г\.?)?\s*"
    + _CLOCK,
    re.ASCII,
)
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Other years are typing errors: nobody paid by telephone then."""
LONGEST = 60


def read_moment(text: str, zone: tzinfo, notes: Notes, line: int) -> datetime:
    """Parse a time and return it with a time zone, by default ``zone``.

    ValueError states the fault; its text follows the column's name.
    """
    moment = _read(text, notes, line) if len(text) <= LONGEST else None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"{shown(text)} is not a time {EXAMPLE}")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_as_of(text: str, zone: tzinfo) -> datetime:
    """Parse a time that a person types in a command, as ``read_moment`` does."""
    return read_moment(text.strip(), zone, Notes(), 0).astimezone(UTC)


def _read(text: str, notes: Notes, line: int) -> datetime | None:
    if found := _SERIAL.fullmatch(text):
        days = int(found.group(1))
        if not FIRST_DAY <= days <= LAST_DAY:
            return None
        notes.add(Harmless.SERIAL, line)
        seconds = round(float(f"0.{found.group(2) or 0}") * 86_400)
        # The cell was a whole minute whose last decimals were rounded.
        if (seconds + 1) % 60 <= 2:
            seconds = round(seconds / 60) * 60
        return _EPOCH + timedelta(days=days, seconds=seconds)
    if found := _DATE.fullmatch(text):
        return _of_parts(text, found)
    try:
        return datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{2}:?\d{2}$)", "", text))
    except ValueError:
        return None


def _of_parts(text: str, found: re.Match[str]) -> datetime | None:
    first, second, third = (int(found.group(name)) for name in "abc")
    is_dotted, width = found.group("sign") == ".", len(found.group("c"))
    if len(found.group("a")) == 4:
        year, month, day = first, second, third
    elif len(found.group("a")) > 2 or width == 3 or (width == 2 and not is_dotted):
        return None
    else:
        year = third if width == 4 else 2000 + third
        day, month = first, second
        if found.group("sign") == "/" and day != month:
            if day <= 12 and month <= 12:
                raise ValueError(
                    f"{shown(text)} is ambiguous between two dates: write the year first, {EXAMPLE}"
                )
            if month > 12:
                day, month = month, day
    hour, minute, seconds = (int(found.group(name) or 0) for name in ("hour", "minute", "second"))
    if half := found.group("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    try:
        return datetime(year, month, day, hour, minute, seconds)  # noqa: DTZ001  read_moment adds it
    except ValueError:
        return None

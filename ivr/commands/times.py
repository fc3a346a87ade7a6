"""Times as commands show and read them: the operator's, IVR_TIMEZONE, with the zone's name."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.settings import read_settings


def zone() -> ZoneInfo:
    """The operator's time zone."""
    return ZoneInfo(read_settings().timezone)


def short(moment: datetime, of: ZoneInfo) -> str:
    """Where the name of the zone stands beside: ``2026-11-29 21:00``."""
    return f"{moment.astimezone(of):%Y-%m-%d %H:%M}"


def told(moment: datetime) -> str:
    """In a sentence: ``2026-11-29 21:00 (Asia/Ashgabat)``."""
    of = zone()
    return f"{short(moment, of)} ({of.key})"


def read(text: str) -> datetime:
    """A time as a person writes it; without a zone, the operator's. ValueError: it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone())
        aware.astimezone(UTC)  # the first and the last day have no such time in some zones
    except OverflowError as error:
        raise ValueError("out of range") from error
    return aware

"""Times in commands: in the operator's time zone, IVR_TIMEZONE, with its name."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.settings import read_settings


def zone() -> ZoneInfo:
    """Return the operator's time zone."""
    return ZoneInfo(read_settings().timezone)


def short(at: datetime, of: ZoneInfo) -> str:
    """Format a time for use beside the name of the zone: ``2026-11-29 21:00``."""
    return f"{at.astimezone(of):%Y-%m-%d %H:%M}"


def told(at: datetime) -> str:
    """Format a time for a sentence: ``2026-11-29 21:00 (Asia/Ashgabat)``."""
    of = zone()
    return f"{short(at, of)} ({of.key})"


def read(text: str) -> datetime:
    """Parse a time typed by a person, by default in the operator's zone.
    ValueError: it is not one."""
    try:
        at = datetime.fromisoformat(text.strip())
        aware = at if at.tzinfo is not None else at.replace(tzinfo=zone())
        aware.astimezone(UTC)  # fails for the first and the last day in some zones
    except OverflowError as error:
        raise ValueError("out of range") from error
    return aware

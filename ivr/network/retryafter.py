"""``Retry-After`` (RFC 9110 10.2.3): the pause that a server asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 60.0
"""Longest pause in seconds, whatever the server asks for."""


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Return the pause in seconds, at most LONGEST; 0: there is none, or its form is unknown.

    A date is compared with the server's own ``Date``, since its clock may differ from ours.
    """
    said = headers.get("Retry-After", "").strip()
    if not said:
        return 0.0
    try:
        seconds = float(said)
    except ValueError:
        until = _date(said)
        if until is None:
            return 0.0
        seconds = (until - (_date(headers.get("Date", "")) or now)).total_seconds()
    return min(max(seconds, 0.0), LONGEST) if seconds == seconds else 0.0


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

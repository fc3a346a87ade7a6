"""The UNIQUEID of a channel. It is the id of the call: ``ivr85d7af-1795828503.3833``."""

from __future__ import annotations

from datetime import UTC, datetime

LONGEST_SECOND = 11
"""Most digits of a Unix time that a date can hold."""


def second_of(call: str) -> int | None:
    """Return the Unix time at which a channel was made; None: this is no UNIQUEID."""
    seconds, _, number = call.rpartition("-")[2].partition(".")
    is_id = seconds.isdecimal() and number.isdecimal() and len(seconds) <= LONGEST_SECOND
    return int(seconds) if is_id else None


def begun_at(call: str) -> datetime | None:
    """Return when a channel was made, in whole seconds; None: this is no UNIQUEID."""
    second = second_of(call)
    return None if second is None else datetime.fromtimestamp(second, UTC)

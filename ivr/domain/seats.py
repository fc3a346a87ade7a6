"""Seats: the SIP endpoints that agents' browsers get for the time of a session."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LentSeat:
    """A seat with its SIP password, for the session that has it."""

    name: str
    password: str = field(repr=False)

"""Working hours: of a day, of a week, and of the agents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Literal

Day = Literal["weekdays", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("weekdays", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of each day, local time: from ``opens`` until before ``closes``."""

    opens: time
    closes: time
    """00:00 is midnight at the end of the day."""

    def include(self, at: time) -> bool:
        """Tell whether a time of day is within these hours, which may span midnight."""
        if self.opens < self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes


@dataclass(frozen=True, slots=True)
class Week:
    """Working hours of a week, local time. A day without hours is a day off."""

    weekdays: Hours | None = None
    """Monday to Friday."""
    saturday: Hours | None = None
    sunday: Hours | None = None


@dataclass(frozen=True, slots=True)
class AgentHours:
    """When agents answer calls."""

    week: Week | None = None
    """Hours of all agents; None: always."""
    topics: Mapping[str, Week] = field(default_factory=dict)
    """Hours of the agents for each topic; a topic that is not named: always."""
    holidays: Collection[date] = ()
    """Days off for all agents with a ``Week``, on any day of the week."""


class Presence(StrEnum):
    """Which agents are at work."""

    THERE = "there"
    """Agents who know the topic."""
    OTHERS = "others"
    """Only agents who do not know the topic."""
    NOBODY = "nobody"

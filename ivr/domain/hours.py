"""Hours of work: of a day, of a week, and of those who answer calls."""

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

    def include(self, moment: time) -> bool:
        """Whether a time of day is in it; hours over midnight too."""
        if self.opens < self.closes:
            return self.opens <= moment < self.closes
        return moment >= self.opens or moment < self.closes


@dataclass(frozen=True, slots=True)
class Week:
    """When people are at work, local time. A day that is not given is a day off."""

    weekdays: Hours | None = None
    """Monday to Friday."""
    saturday: Hours | None = None
    sunday: Hours | None = None


@dataclass(frozen=True, slots=True)
class AgentHours:
    """When agents answer calls."""

    week: Week | None = None
    """Of all agents; None: always."""
    topics: Mapping[str, Week] = field(default_factory=dict)
    """Of those who know a topic; one that is not named: always."""
    holidays: Collection[date] = ()
    """Days off of all who have a week, whatever the day of the week is."""


class Presence(StrEnum):
    """Who of the agents is at work."""

    THERE = "there"
    """Those who know the topic."""
    OTHERS = "others"
    """Agents, but none who knows the topic."""
    NOBODY = "nobody"

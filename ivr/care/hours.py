"""Which agents are at work."""

from __future__ import annotations

from calendar import SATURDAY, SUNDAY
from datetime import datetime

from ivr.domain.hours import AgentHours, Presence, Week


def presence(hours: AgentHours, topic: str, at: datetime) -> Presence:
    """Tell which agents are at work for a topic at a local time; an empty topic: any agent."""
    if not _is_at_work(hours.week, hours, at):
        return Presence.NOBODY
    known = _is_at_work(hours.topics.get(topic), hours, at)
    return Presence.THERE if known else Presence.OTHERS


def _is_at_work(week: Week | None, hours: AgentHours, at: datetime) -> bool:
    if week is None:
        return True
    if at.date() in hours.holidays:
        return False
    day = {SATURDAY: week.saturday, SUNDAY: week.sunday}.get(at.weekday(), week.weekdays)
    return day is not None and day.include(at.time())

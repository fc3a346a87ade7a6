"""Which agents are at work: by hour, day of the week, topic and holiday."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from ivr.care.hours import presence
from ivr.domain.hours import AgentHours, Hours, Presence, Week

DAY, NIGHT = Hours(time(8), time(20)), Hours(time(22), time(6))
WEEK = Week(weekdays=DAY, saturday=Hours(time(10), time(15)))
HOURS = AgentHours(WEEK, {"roaming": Week(weekdays=Hours(time(9), time(12)))})
HOLIDAYS = AgentHours(WEEK, HOURS.topics, [date(2026, 11, 23)])
THERE, OTHERS, NOBODY = Presence.THERE, Presence.OTHERS, Presence.NOBODY
MONDAY, FRIDAY, SATURDAY, SUNDAY = 23, 27, 28, 29


@pytest.mark.parametrize(
    ("hours", "topic", "day", "at", "expected"),
    [
        (AgentHours(), "", SUNDAY, "03:00", THERE),
        (AgentHours(), "roaming", SUNDAY, "03:00", THERE),
        (HOURS, "", MONDAY, "07:59", NOBODY),
        (HOURS, "", MONDAY, "08:00", THERE),
        (HOURS, "", FRIDAY, "19:59", THERE),
        (HOURS, "", FRIDAY, "20:00", NOBODY),
        (HOURS, "", SATURDAY, "09:59", NOBODY),
        (HOURS, "", SATURDAY, "10:00", THERE),
        (HOURS, "", SUNDAY, "12:00", NOBODY),
        (HOURS, "payment", MONDAY, "08:30", THERE),
        (HOURS, "roaming", MONDAY, "08:30", OTHERS),
        (HOURS, "roaming", MONDAY, "09:00", THERE),
        (HOURS, "roaming", SATURDAY, "11:00", OTHERS),
        (HOURS, "roaming", SUNDAY, "11:00", NOBODY),
        (HOLIDAYS, "", MONDAY, "11:00", NOBODY),
        (HOLIDAYS, "", FRIDAY, "11:00", THERE),
        (AgentHours(None, HOURS.topics, HOLIDAYS.holidays), "roaming", MONDAY, "11:00", OTHERS),
        (AgentHours(None, {}, HOLIDAYS.holidays), "", MONDAY, "11:00", THERE),
        (AgentHours(Week(sunday=NIGHT)), "", SUNDAY, "23:00", THERE),
        (AgentHours(Week(sunday=NIGHT)), "", SUNDAY, "05:00", THERE),
        (AgentHours(Week(sunday=NIGHT)), "", SUNDAY, "12:00", NOBODY),
    ],
)
def test_who_is_there(hours: AgentHours, topic: str, day: int, at: str, expected: Presence) -> None:
    moment = datetime.combine(date(2026, 11, day), time.fromisoformat(at))
    assert presence(hours, topic, moment) is expected

"""The passage to a live agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr.flow.dialogue import Dialogue
from ivr.flow.fields import DayHours
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.question import Leave

SATURDAY = 5
"""``date.weekday()`` of Saturday."""
Day = Literal["weekdays", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("weekdays", "saturday", "sunday")


class Week(BaseModel):
    """When people are at work, local time. A day that is not given is a day off."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    weekdays: DayHours | None = None
    """Monday to Friday."""
    saturday: DayHours | None = None
    sunday: DayHours | None = None

    def is_open(self, moment: datetime) -> bool:
        """Whether people are at work at a local time."""
        late = moment.weekday() - SATURDAY
        hours = getattr(self, "weekdays" if late < 0 else DAYS[1 + late])
        return hours is not None and hours.include(moment.time())


class AgentQueue(Node):
    """Tells the caller and leaves for the agents' queue.

    Out of a topic's hours the caller hears them and comes to the agents on duty; out of the
    agents' own, to ``unanswered``, where the dialplan comes back to when no agent took the call.
    """

    kind: Literal["agent"]
    unanswered: NodeId
    hours: Week | None = None
    """Of all agents; none given: always."""
    topics: Mapping[str, Week] = {}
    """Of those who know a topic; one that is not named: always."""

    def exits(self) -> Mapping[str, str]:
        return {"unanswered": self.unanswered}

    def prompts(self) -> Iterable[str]:
        yield from ("agent.transfer", "agent.closed", "agent.closed.all", "agent.instead")
        yield from (f"agent.hours.{day}" for day in DAYS)

    def visit(self, talk: Dialogue) -> Next:
        now = talk.clock.local()
        if self.hours and not self.hours.is_open(now):
            talk.mention("agent.closed.all")
            self._tell(talk, self.hours)
            return self.unanswered
        if not talk.wait_for_agent():
            return talk.goodbye()
        topic = self.topics.get(talk.call.topic)
        if topic and not topic.is_open(now):
            talk.call.topic = ""
            talk.say("agent.closed")
            self._tell(talk, topic)
            talk.say("agent.instead")
        else:
            talk.say("agent.transfer")
        talk.deliver()
        talk.call.reach("agent")
        talk.to_agent("asked")
        talk.mark()  # the wait is part of the caller's time
        return Leave.AGENT

    def _tell(self, talk: Dialogue, week: Week) -> None:
        for day in DAYS:
            if hours := getattr(week, day):
                talk.mention(f"agent.hours.{day}", opens=hours.opens, closes=hours.closes)

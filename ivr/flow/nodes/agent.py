"""The transfer to an agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ivr.domain.hours import DAYS, AgentHours, Presence
from ivr.domain.hours import Week as WorkingWeek
from ivr.flow.dialogue import Dialogue
from ivr.flow.fields import Day, DayHours
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.question import NodeExit


class Week(BaseModel):
    """Working hours in a flow. A day without hours is a day off."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    weekdays: DayHours | None = None
    """Monday to Friday."""
    saturday: DayHours | None = None
    sunday: DayHours | None = None


class AgentQueue(Node):
    """Announces the transfer and leaves for the agents' queue.

    Outside the hours of a topic the caller hears these hours and goes to the agents on duty.
    Outside the hours of all agents the caller goes to ``unanswered``; the dialplan returns to that
    node too if no agent took the call.
    """

    kind: Literal["agent"]
    unanswered: NodeId
    hours: Week | None = None
    """Hours of all agents; default: always."""
    topics: Mapping[str, Week] = {}
    """Hours of the agents for each topic; a topic that is not named: always."""
    holidays: tuple[Day, ...] = Field(default=(), exclude_if=lambda days: not days)
    """Days off for all agents with hours. Left out if empty, so that earlier versions can read the
    flow."""

    def exits(self) -> Mapping[str, str]:
        return {"unanswered": self.unanswered}

    def prompts(self) -> Iterable[str]:
        yield from ("agent.transfer", "agent.closed", "agent.closed.all", "agent.instead")
        yield from (f"agent.hours.{day}" for day in DAYS)

    def visit(self, talk: Dialogue) -> Next:
        presence = talk.care.information.agents(self._hours, talk.call.topic)
        if presence is Presence.NOBODY:
            talk.mention("agent.closed.all")
            self._tell(talk, self._hours.week)
            return self.unanswered
        if not talk.wait_for_agent():
            return talk.goodbye()
        if presence is Presence.OTHERS:
            talk.say("agent.closed")
            self._tell(talk, self._hours.topics.get(talk.call.topic))
            talk.say("agent.instead")
            talk.call.topic = ""
        else:
            talk.say("agent.transfer")
        talk.deliver()
        talk.call.reach("agent")
        talk.to_agent("asked")
        talk.mark()  # the wait counts as time of the caller
        return NodeExit.AGENT

    @property
    def _hours(self) -> AgentHours:
        week = WorkingWeek(**dict(self.hours)) if self.hours else None
        topics = {topic: WorkingWeek(**dict(each)) for topic, each in self.topics.items()}
        return AgentHours(week, topics, self.holidays)

    def _tell(self, talk: Dialogue, week: WorkingWeek | None) -> None:
        for day in DAYS:
            if each := getattr(week, day, None):
                talk.mention(f"agent.hours.{day}", opens=each.opens, closes=each.closes)

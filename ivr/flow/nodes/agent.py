"""The passage to a live agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.flow.dialogue import Dialogue, Leave
from ivr.flow.nodes.node import Next, Node, NodeId


class AgentQueue(Node):
    """Tells the caller and leaves for the agents' queue.

    The dialplan comes back to ``unanswered`` when no agent took the call.
    """

    kind: Literal["agent"]
    unanswered: NodeId

    def exits(self) -> Mapping[str, str]:
        return {"unanswered": self.unanswered}

    def prompts(self) -> Iterable[str]:
        yield "agent.transfer"

    def visit(self, talk: Dialogue) -> Next:
        talk.say("agent.transfer")
        talk.deliver()
        talk.call.reach("agent")
        talk.to_agent("asked")
        return Leave.AGENT

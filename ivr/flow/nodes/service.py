"""One service with its own node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.values import ServiceId
from ivr.flow.change import OFF, ON, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, TextKey
from ivr.flow.result import resume_pending_change


class ServiceNode(Node):
    """Describes a service and switches it: on if it is off, off if it is on."""

    kind: Literal["service"]
    needs: Literal["identified"] = "identified"
    service: str
    text: TextKey
    """What the service is, and its conditions."""
    goal: str

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield from (self.text, f"service.{self.service}")
        yield from (*ON.prompts(), *OFF.prompts())

    def visit(self, talk: Dialogue) -> Next:
        assert talk.call.subscriber is not None
        service = ServiceId(self.service)
        (wanted,) = talk.care.subscriptions.wanted(talk.call.subscriber, [service])
        talk.say(self.text)
        return make_change(talk, wanted, ON if wanted.on else OFF, self.goal)

    def resume_pending(self, talk: Dialogue) -> Next:
        return resume_pending_change(talk) or self.visit(talk)

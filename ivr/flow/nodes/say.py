"""Information and advice: a text that operators edit, for anyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from ivr.flow.dialogue import Dialogue, Leave
from ivr.flow.nodes.node import Next, Node, TextKey

Topic = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]


class Say(Node):
    """Says a text; the caller may hear it again, go back or on to the main menu."""

    kind: Literal["say"]
    text: TextKey
    goal: str
    topic: Topic | None = None
    """The agents' queue for who wants to know more: those who know this topic."""

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield self.text
        if self.topic:
            yield "after.topic"

    def visit(self, talk: Dialogue) -> Next:
        talk.say(self.text)
        talk.call.reach(self.goal)
        if not self.topic:
            return talk.after()
        left = talk.after(text="after.topic")
        talk.call.topic = self.topic if left is Leave.AGENT else ""
        return left

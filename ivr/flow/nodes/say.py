"""Information: a text that operators edit, for anyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, TextKey


class Say(Node):
    """Says a text; the caller may hear it again, go back or on to the main menu."""

    kind: Literal["say"]
    text: TextKey
    goal: str

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield self.text

    def visit(self, talk: Dialogue) -> Next:
        talk.say(self.text)
        talk.call.reach(self.goal)
        return talk.after()

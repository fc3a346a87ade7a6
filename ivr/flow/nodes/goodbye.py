"""The goodbye that ends a dialogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, TextKey
from ivr.flow.question import NodeExit


class Goodbye(Node):
    """Says a last text and ends the call."""

    kind: Literal["goodbye"]
    text: TextKey = "goodbye"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield self.text

    def visit(self, talk: Dialogue) -> Next:
        talk.say(self.text)
        talk.deliver()
        return NodeExit.END

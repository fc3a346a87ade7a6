"""Information and advice: a text that operators edit, for all callers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from ivr.flow.dialogue import Dialogue
from ivr.flow.message import message_prompts, send_as_message, take_up_message
from ivr.flow.nodes.node import Next, Node, NodeId, TextKey
from ivr.flow.question import REPEATS, NodeExit

Topic = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]

REQUEST_KEY = "3"


class Say(Node):
    """Says a text; the caller may hear it again, go back, or go to the main menu.

    With a topic it is a consultation: 1 again, 2 as a text message, 0 to an agent for this topic.
    """

    kind: Literal["say"]
    text: TextKey
    goal: str
    topic: Topic | None = None
    """The topic of the agents to whom a caller with questions is transferred."""
    message: TextKey | None = None
    """The text for the text message, if it differs from the spoken text."""

    request: NodeId | None = None
    """The node for leaving a request about the topic of a consultation."""

    def exits(self) -> Mapping[str, str]:
        return {REQUEST_KEY: self.request} if self.request else {}

    def prompts(self) -> Iterable[str]:
        yield self.text
        if self.request:
            yield "after.press-request"
        if self.topic:
            yield self._options
            yield from message_prompts()
        if self.message:
            yield self.message

    @property
    def _options(self) -> str:
        """Return the key of the text with the choices after a consultation."""
        return "after.details" if self.message else "after.topic"

    def visit(self, talk: Dialogue) -> Next:
        talk.say(self.text)
        talk.call.reach(self.goal)
        return self._offer(talk) if self.topic else talk.after()

    def resume_pending(self, talk: Dialogue) -> Next:
        if not take_up_message(talk, self.message or self.text):
            return self.visit(talk)
        talk.call.reach(self.goal)
        return self._offer(talk)

    def _offer(self, talk: Dialogue) -> Next:
        """Offer the choices after a consultation until the caller leaves it."""
        for _ in range(REPEATS):
            keys, options = "12", talk.words(self._options)
            if self.request:
                keys, options = keys + REQUEST_KEY, [*talk.words("after.press-request"), *options]
            key = talk.choose(keys, "after", options)
            if self.request and key == REQUEST_KEY:
                return self.request
            if key == "1":
                talk.say(self.text)
            elif key == "2":
                left = send_as_message(talk, self.message or self.text)
                if left not in (None, NodeExit.BACK):
                    return self._left(talk, left)
            else:
                return self._left(talk, key)
        return self._left(talk, talk.to_agent("asked"))

    def _left(self, talk: Dialogue, left: str | NodeExit) -> Next:
        talk.call.topic = self.topic or "" if left is NodeExit.AGENT else ""
        return left

"""No agent took the call: a number may be left to be called back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.number import confirmed_number
from ivr.flow.question import Leave
from ivr.values import Msisdn

HELD = "callback"
"""With a number: what a call has in hand that leaves it."""


class Callback(Node):
    """Says honestly that nobody is free; takes a number, or lets the caller wait on."""

    kind: Literal["callback"]
    next: NodeId

    def exits(self) -> Mapping[str, str]:
        return {"next": self.next}

    def prompts(self) -> Iterable[str]:
        return (
            "callback.nobody",
            "callback.leave",
            "callback.own",
            "callback.other",
            "callback.number",
            "callback.read-back",
            "callback.done",
            "callback.wait",
        )

    def visit(self, talk: Dialogue) -> Next:
        own = talk.call.caller
        talk.mention("callback.nobody")
        if own:
            talk.say("callback.own", number=own)
            talk.say("press.1")
            talk.say("callback.other")
            talk.say("press.2")
        else:
            talk.say("callback.leave")
            talk.say("press.1")
        talk.say("callback.wait")
        key = talk.choose("12" if own else "1")
        if isinstance(key, Leave):
            return key
        number = (
            own
            if own and key == "1"
            else confirmed_number(talk, "callback.number", "callback.read-back")
        )
        if isinstance(number, Leave):
            return number
        talk.hold(HELD, number)
        return self._leave(talk, number)

    def take_up(self, talk: Dialogue) -> Next:
        match talk.call.hand:
            case (word, keyed) if word == HELD and (number := talk.care.numbering.parse(keyed)):
                return self._leave(talk, number)
        return self.visit(talk)

    def _leave(self, talk: Dialogue, number: Msisdn) -> Next:
        """The same number is kept once in a call, whichever workers leave it."""
        talk.care.callbacks.leave(talk.call, number)
        talk.say("callback.done", number=number)
        talk.deliver()  # it is told before the next node is noted
        return self.next

"""The offer of a call-back, if no agent took the call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.callbacks import Asked, Left
from ivr.domain.services import NOT_DIALLED
from ivr.domain.values import Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.number import confirmed_number
from ivr.flow.question import PATIENCE, NodeExit

HELD = "callback"
"""Pending operation, with a number: leaving a call-back."""


class CallbackNode(Node):
    """Says that no agent is free; accepts a number, or lets the caller wait longer."""

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
            "callback.wait",
            *(f"callback.{left}" for left in Left),
            *(f"refused.{reason}" for reason in NOT_DIALLED),
        )

    def visit(self, talk: Dialogue) -> Next:
        talk.mention("callback.nobody")
        for _ in range(PATIENCE):
            number = self._number(talk)
            if isinstance(number, NodeExit):
                return number
            reason = talk.care.callbacks.refused(number)
            if reason is None:
                talk.hold(HELD, number)
                return self._leave(talk, number)
            talk.mention(f"refused.{reason}")
        return talk.to_agent("nomatch")

    def resume_pending(self, talk: Dialogue) -> Next:
        match talk.call.pending:
            case (word, keyed) if word == HELD and (number := talk.care.numbering.parse(keyed)):
                return self._leave(talk, number)
        return self.visit(talk)

    def _number(self, talk: Dialogue) -> Msisdn | NodeExit:
        """Return the number to call: the caller's own, if it may be dialled, or an entered one."""
        own = talk.call.caller
        if own and talk.care.callbacks.refused(own):
            own = None
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
        if isinstance(key, NodeExit):
            return key
        if own and key == "1":
            return own
        return confirmed_number(talk, "callback.number", "callback.read-back")

    def _leave(self, talk: Dialogue, number: Msisdn) -> Next:
        """Store the number. A call stores the same number once, also if it is resumed."""
        call = talk.call
        asked = Asked(number, call.language, call.reason, call.caller, call.subscriber, call.topic)
        left = talk.care.callbacks.leave(call.actor, call.key, asked)
        talk.say(f"callback.{left}", number=number)
        if left is Left.MANY:
            return talk.to_agent("asked")
        talk.deliver()  # the caller hears it before the checkpoint names the next node
        return self.next

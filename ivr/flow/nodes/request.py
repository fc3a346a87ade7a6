"""A request to the back office: to merge personal accounts, or to split one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.requests import KINDS, NoRequest, Numbers, RequestKind
from ivr.domain.values import Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import NodeExit

HELD = "request"
"""Pending operation: a request."""


class RequestNode(Node):
    """Asks for the numbers of a request, reads them back, stores the request and says its number.

    The back office identifies the owner before it acts.
    """

    kind: Literal["request"]

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        for kind in KINDS:
            yield from (f"request.{kind}.choose", f"request.{kind}.confirm")
        yield from ("request.number", "request.next", "request.again", "request.read-back")
        yield from ("request.more", "request.enough", "request.cancelled", "request.done")
        yield from (f"request.{reason}" for reason in NoRequest)

    def visit(self, talk: Dialogue) -> Next:
        for key, kind in enumerate(KINDS, 1):
            talk.say(f"request.{kind}.choose")
            talk.say(f"press.{key}")
        chosen = talk.choose("12")
        if isinstance(chosen, NodeExit):
            return chosen
        call, kind = talk.call, KINDS[int(chosen) - 1]
        if no := talk.care.requests.room(call.actor, call.subscriber or call.caller):
            return self._refuse(talk, no)
        numbers = self._numbers(talk, kind)
        if isinstance(numbers, NodeExit):
            return numbers
        talk.say(f"request.{kind}.confirm")
        for number in numbers:
            talk.say("request.read-back", number=number)
        # Before the confirmation: nothing may come between confirmation and storing.
        talk.hold(HELD)
        sure = talk.confirm("confirm")
        if isinstance(sure, NodeExit):
            return sure
        if not sure:
            talk.say("request.cancelled")
            return talk.after()
        told = talk.care.requests.leave(
            call.actor, call.key, kind, numbers, call.caller, call.language, call.subscriber
        )
        if isinstance(told, NoRequest):
            return self._refuse(talk, told)
        talk.say("request.done", request=told)
        return talk.after()

    def resume_pending(self, talk: Dialogue) -> Next:
        if talk.call.pending != (HELD,):
            return self.visit(talk)
        told = talk.care.requests.recall(talk.call.actor, talk.call.key, talk.call.caller)
        if told is None:
            talk.mention("request.cancelled")
            return self.visit(talk)
        talk.say("request.done", request=told)
        return talk.after()

    def _refuse(self, talk: Dialogue, no: NoRequest) -> Next:
        """Say why no request is accepted, and offer an agent."""
        talk.say(f"request.{no}")
        return talk.after()

    def _numbers(self, talk: Dialogue, kind: RequestKind) -> list[Msisdn] | NodeExit:
        numbering = talk.care.numbering
        numbers: list[Msisdn] = []
        while True:
            talk.say("request.next" if numbers else "request.number")
            number = talk.digits(numbering.complete, numbering.parse, "number")
            if isinstance(number, NodeExit):
                return number
            far = talk.care.requests.numbers(kind, [*numbers, number])
            if far is Numbers.TWICE:
                talk.say("request.again", number=number)
                continue
            numbers.append(number)
            talk.say("request.read-back", number=number)
            if far is Numbers.FULL:
                return numbers
            if far is Numbers.FEW:
                continue
            talk.say("request.more")
            talk.say("press.1")
            talk.say("request.enough")
            talk.say("press.2")
            key = talk.choose("12", "more")
            if isinstance(key, NodeExit):
                return key
            if key == "2":
                return numbers

"""The favourite number: set, change, end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.services import FAVOURITE
from ivr.flow.change import OFF, ChangeTexts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import NodeExit
from ivr.flow.result import resume_pending_change

GOAL = "number/favourite"
SET = ChangeTexts("favourite.set")


class Favourite(Node):
    """Says the favourite number and sets another; the catalogue has the fees and limits."""

    kind: Literal["favourite"]
    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield f"service.{FAVOURITE}"
        yield from ("favourite.none", "favourite.is", "favourite.change", "favourite.end")
        yield "favourite.number"
        yield from (*SET.prompts(), *OFF.prompts())

    def visit(self, talk: Dialogue) -> Next:
        assert talk.call.subscriber is not None
        number = talk.care.subscriptions.favourite(talk.call.subscriber)
        if number is None:
            talk.say("favourite.none")
            return self._set(talk)
        talk.say("favourite.is", number=number)
        talk.say("favourite.change")
        talk.say("press.1")
        talk.say("favourite.end")
        talk.say("press.2")
        key = talk.choose("12")
        if isinstance(key, NodeExit):
            return key
        if key == "2":
            return make_change(talk, talk.care.subscriptions.favourite_change(None), OFF, GOAL)
        return self._set(talk)

    def resume_pending(self, talk: Dialogue) -> Next:
        return resume_pending_change(talk) or self.visit(talk)

    def _set(self, talk: Dialogue) -> NodeExit:
        talk.say("favourite.number")
        numbering = talk.care.numbering
        number = talk.digits(numbering.complete, numbering.dialled, "target")
        if isinstance(number, NodeExit):
            return number
        wanted = talk.care.subscriptions.favourite_change(number)
        words = ChangeTexts(SET.family, {"number": number})
        return make_change(talk, wanted, words, GOAL)

"""Ending the network's block of a number that was not used for long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.services import INACTIVITY, Change
from ivr.flow.change import ChangeTexts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.result import resume_pending_change

WORDS = ChangeTexts("inactivity.off", already="inactivity.off.already")


class Unblock(Node):
    """Ends the block for inactivity of the identified number."""

    kind: Literal["unblock"]
    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield f"service.{INACTIVITY}"
        yield from WORDS.prompts()

    def visit(self, talk: Dialogue) -> Next:
        wanted = Change(INACTIVITY, on=False)
        return make_change(talk, wanted, WORDS, "number/inactivity", undoes=False)

    def resume_pending(self, talk: Dialogue) -> Next:
        return resume_pending_change(talk, undoes=False) or self.visit(talk)

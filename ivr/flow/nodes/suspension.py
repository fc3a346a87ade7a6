"""Suspending a number, and ending the suspension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.services import SUSPENSION, Change
from ivr.flow.change import ChangeTexts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.result import resume_pending_change


class Suspension(Node):
    """Suspends (or resumes) the identified number. A suspended number can still call this line."""

    kind: Literal["suspension"]
    needs: Literal["identified"] = "identified"
    action: Literal["suspend", "resume"]

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield f"service.{SUSPENSION}"
        yield from self._words().prompts()

    def visit(self, talk: Dialogue) -> Next:
        wanted = Change(SUSPENSION, on=self.action == "suspend")
        return make_change(talk, wanted, self._words(), f"number/{self.action}")

    def resume_pending(self, talk: Dialogue) -> Next:
        return resume_pending_change(talk) or self.visit(talk)

    def _words(self) -> ChangeTexts:
        family = "suspension.on" if self.action == "suspend" else "suspension.off"
        return ChangeTexts(family, already=f"{family}.already")

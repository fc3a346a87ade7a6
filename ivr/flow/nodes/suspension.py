"""Suspending the number for a time, and resuming it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.flow.change import change_prompts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.ports import SUSPENSION, Change


class Suspension(Node):
    """Suspends (or resumes) the identified number. A suspended number can still call this line."""

    kind: Literal["suspension"]
    needs: Literal["identified"] = "identified"
    action: Literal["suspend", "resume"]

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        return change_prompts("suspension")

    def visit(self, talk: Dialogue) -> Next:
        wanted = Change(SUSPENSION, on=self.action == "suspend")
        return make_change(talk, wanted, "suspension", f"number/{self.action}")

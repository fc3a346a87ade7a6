"""The base of nodes that offer changes of services until the caller leaves."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Literal

from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import NodeExit
from ivr.flow.result import resume_pending_change


class ChangingNode(Node):
    """Offers changes again and again. Subclasses add ``kind``, ``prompts`` and ``change_one``."""

    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    @abstractmethod
    def change_one(self, talk: Dialogue) -> NodeExit | None:
        """Offer changes and make the chosen one. None: the caller came back to this menu."""

    def visit(self, talk: Dialogue) -> Next:
        while True:
            left = self.change_one(talk)
            if left is not None:
                return left

    def resume_pending(self, talk: Dialogue) -> Next:
        left = resume_pending_change(talk)
        return self.visit(talk) if left in (None, NodeExit.BACK) else left

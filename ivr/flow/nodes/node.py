"""The base of all nodes of a flow: exits, the texts that a node says, and the visit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit

NodeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
TextKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]

Next = str | NodeExit
"""Where a visit leads: the id of another node, or an exit that every node has."""


class Node(BaseModel):
    """One step of the dialogue. Subclasses add ``kind`` and their own fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs: Literal["identified"] | None = None
    """``identified``: the engine sends a caller through identification first."""

    @abstractmethod
    def exits(self) -> Mapping[str, str]:
        """Return the exits: name → id of the next node."""

    @abstractmethod
    def prompts(self) -> Iterable[str]:
        """Return the keys of the texts that this node may say, besides those of every dialogue."""

    @abstractmethod
    def visit(self, talk: Dialogue) -> Next:
        """Hold the dialogue of this node; return where the call goes next."""

    def resume_pending(self, talk: Dialogue) -> Next:
        """Resume a call of another worker at this node, perhaps with a pending operation."""
        return self.visit(talk)

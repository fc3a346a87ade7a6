"""What every node of a flow has: an id in its flow, exits, the texts that it says, and a visit."""

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
"""Where a visit leads: another node's id, or one of the ways that every node has."""


class Node(BaseModel):
    """A place in the dialogue. Subclasses add ``kind`` and their own fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs: Literal["identified"] | None = None
    """``identified``: the engine sends a caller through identification first."""

    @abstractmethod
    def exits(self) -> Mapping[str, str]:
        """Named ways out: what chooses it → id of the node that it leads to."""

    @abstractmethod
    def prompts(self) -> Iterable[str]:
        """Keys of the texts that this node may say, besides those every dialogue has."""

    @abstractmethod
    def visit(self, talk: Dialogue) -> Next:
        """Speak with the caller; answers where to go next."""

    def resume_pending(self, talk: Dialogue) -> Next:
        """Go on here with a call that another worker has left, perhaps with something in hand."""
        return self.visit(talk)

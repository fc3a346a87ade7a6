"""A menu: up to five choices, each with a text and the next node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, NodeId, TextKey
from ivr.flow.question import NodeExit

MOST_CHOICES = 5
"""Callers do not remember more (ISO/IEC 13714)."""


class Choice(BaseModel):
    """One choice. Its key is its position in the menu, from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: TextKey
    """The purpose, said before the key: "To hear your balance"."""
    to: NodeId


class Menu(Node):
    """Says each choice with its key, and asks for one key."""

    kind: Literal["menu"]
    text: TextKey | None = None
    """Said before the choices."""
    help: bool = False
    """Tell a caller who stays silent after the choices what 0, ``*`` and 9 do."""
    choices: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=MOST_CHOICES)]

    def exits(self) -> Mapping[str, str]:
        return {str(key): choice.to for key, choice in enumerate(self.choices, 1)}

    def prompts(self) -> Iterable[str]:
        if self.text:
            yield self.text
        for choice in self.choices:
            yield choice.text

    def visit(self, talk: Dialogue) -> Next:
        if self.text:
            talk.say(self.text)
        exits = self.exits()
        for key, choice in zip(exits, self.choices, strict=True):
            talk.say(choice.text)
            talk.say(f"press.{key}")
        help = talk.words("fixed-keys") if self.help else ()
        key = talk.choose("".join(exits), options=help)
        return key if isinstance(key, NodeExit) else exits[key]

"""What a caller is asked: the keys, the seconds and the tries, and the ways to leave a node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ivr.domain.dialogue import Value

SECRET_KEYS = 40
"""More keys than any code word has."""
PATIENCE = 3
"""How many times silence, or a wrong key, is answered before an agent takes over."""
REPEATS = 10
PRESENCE_KEYS = ("1", "2")
"""Keys that show that a person is there: the one that was not pressed last."""
PRESENCE_TRIES = 2

AGENT_KEY, BACK_KEY, REPEAT_KEY, END_KEY = "0", "*", "9", "#"
FIXED_KEYS = AGENT_KEY + BACK_KEY + REPEAT_KEY


@dataclass(frozen=True, slots=True)
class Timing:
    """How long keys are waited for, in seconds."""

    first_key: float = 6.0
    """After the last word (ISO/IEC 13714: 5 to 7)."""
    between_items: float = 0.6
    """From one item of a list to the next."""
    long_entry: float = 5.0
    """Between the keys of a number or a secret."""


USUAL_TIMING = Timing()


class NodeExit(StrEnum):
    """A node is left by one of the ways that every node has."""

    AGENT = "agent"
    BACK = "back"
    MAIN = "main"
    END = "end"


@dataclass(frozen=True, slots=True)
class Question:
    """What is being asked just now: for who walks through a flow."""

    place: str
    """The node, or ``node/part`` where a node asks several things."""
    kind: Literal["key", "digits", "secret"]
    keys: str = ""
    """The keys that lead on, besides the fixed ones."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said of a wrong entry: ``<text>.1`` the first time, ``<text>.2`` the second."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)


NUMBER_HINT = Hint("nomatch.number")


@dataclass(frozen=True, slots=True)
class SecretForm:
    """What a secret looks like that is asked for, or a part of one."""

    keys: int = SECRET_KEYS
    """So many are complete without a ``#``."""
    is_possible: Callable[[str], bool] = bool
    """Whether keys can be one. What cannot be is asked for again, and is no try."""
    help: str = ""
    """The prompt from the first miss on; empty: the same prompt, after the words of a miss."""
    options: tuple[str, ...] = ()
    """Texts that are said only to a caller who is silent for a moment, and has not missed yet."""
    goes_on: bool = False
    """A part behind another one: keys pressed ahead belong to it."""


WORD = SecretForm()

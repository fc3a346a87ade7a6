"""Questions to callers: keys, time-outs and numbers of tries, and the exits of a node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ivr.domain.dialogue import Value

SECRET_KEYS = 40
"""Maximum keys of a secret: more than any code word has."""
PATIENCE = 3
"""Number of noinputs, or of nomatches, in a question before an agent takes over."""
REPEATS = 10
PRESENCE_KEYS = ("1", "2")
"""Keys that show that a person is there: the caller is asked for one that was not the last key."""
PRESENCE_TRIES = 2

AGENT_KEY, BACK_KEY, REPEAT_KEY, END_KEY = "0", "*", "9", "#"
FIXED_KEYS = AGENT_KEY + BACK_KEY + REPEAT_KEY


@dataclass(frozen=True, slots=True)
class Timing:
    """Time-outs for keys, in seconds."""

    first_key: float = 6.0
    """For the first key, after the last word (ISO/IEC 13714: 5 to 7)."""
    between_items: float = 0.6
    """Pause between items of a list."""
    long_entry: float = 5.0
    """Between the keys of a number or a secret."""


USUAL_TIMING = Timing()


class NodeExit(StrEnum):
    """The exits that every node has."""

    AGENT = "agent"
    BACK = "back"
    MAIN = "main"
    END = "end"


@dataclass(frozen=True, slots=True)
class Question:
    """The present question, for programs that walk through a flow."""

    step: str
    """The node, or ``node/part`` if a node asks several questions."""
    kind: Literal["key", "digits", "secret"]
    keys: str = ""
    """The offered keys, besides the fixed ones."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Texts after a wrong entry: ``<text>.1`` the first time, ``<text>.2`` the second time."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)


NUMBER_HINT = Hint("nomatch.number")


@dataclass(frozen=True, slots=True)
class SecretForm:
    """The form of a secret, or of one part of a secret."""

    keys: int = SECRET_KEYS
    """With this number of keys the entry is complete without ``#``."""
    is_possible: Callable[[str], bool] = bool
    """Tells whether keys are valid. Invalid keys are asked for again; no attempt is recorded."""
    help: str = ""
    """The prompt after the first miss; empty: the words for the miss, then the same prompt."""
    options: tuple[str, ...] = ()
    """Texts for a caller who is silent for a moment and has not missed yet."""
    goes_on: bool = False
    """A later part of a secret: type-ahead belongs to it."""


WORD = SecretForm()

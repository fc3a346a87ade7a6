"""What is said to a caller, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum

from ivr.domain.values import Language, Money


class Speaker(IntEnum):
    """Who says a sentence. A later one can say what an earlier one cannot."""

    RECORDED = 0
    """A person: all of the sentence is recorded."""
    KEPT = 1
    """The synthetic voice that the release was made with."""
    PRESENT = 2
    """The synthetic voice that is installed now, where it is another one."""


Value = Money | date | time | int | str
"""What a text's placeholder takes; which one is fixed by the placeholder's kind."""


OPTIONS_AFTER = 1.5
"""Seconds of silence after an answer until its options are said. A caller who knows them has
pressed a key by then, or has hung up."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A prompt ready to be heard: what it says in words, and the sounds that say it."""

    key: str
    """The text's key: ``menu.main``."""
    language: Language
    words: str
    """Exactly what is said, numbers and abbreviations spelled out."""
    sounds: tuple[str, ...] = ()
    """Sound names for Asterisk, in order: absolute paths without extension."""
    seconds: float = 0.0
    is_fixed: bool = field(default=False, compare=False)
    """It says the same to every caller: no value is in it but keys to press and other texts."""
    speakers: frozenset[Speaker] = field(default=frozenset(), compare=False)
    """Who says its sentences."""
    by: Callable[[Speaker], Utterance] | None = field(default=None, compare=False, repr=False)
    """The same said by this speaker, or by a later one. Raises TemporarilyUnavailable."""

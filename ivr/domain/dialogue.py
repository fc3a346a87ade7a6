"""Utterances: what the line says to a caller, and which voice says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum

from ivr.domain.values import Language, Money


class Speaker(IntEnum):
    """The voice of a sentence. A later one can say sentences that an earlier one lacks."""

    RECORDED = 0
    """A person: the whole sentence is recorded."""
    KEPT = 1
    """The synthetic voice that the release was made with."""
    PRESENT = 2
    """The synthetic voice that is installed now, if it is another one."""


Value = Money | date | time | int | str
"""A value for a placeholder of a text. The kind of the placeholder decides the type."""


OPTIONS_AFTER = 1.5
"""Seconds of silence after an answer before its options are played. A caller who knows the options
has pressed a key or hung up by then."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A prompt that is ready to play: its words and its sounds."""

    key: str
    """The text's key: ``menu.main``."""
    language: Language
    words: str
    """The exact words, with numbers and abbreviations spelled out."""
    sounds: tuple[str, ...] = ()
    """Sound names for Asterisk, in order: absolute paths without extension."""
    seconds: float = 0.0
    is_fixed: bool = field(default=False, compare=False)
    """Every caller hears the same: it has no values except keys to press and other texts."""
    speakers: frozenset[Speaker] = field(default=frozenset(), compare=False)
    """The voices of its sentences."""
    by: Callable[[Speaker], Utterance] | None = field(default=None, compare=False, repr=False)
    """Returns the same utterance in this voice or a later one. Raises TemporarilyUnavailable."""

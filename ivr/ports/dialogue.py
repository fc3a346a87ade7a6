"""The texts and prompts of a dialogue, and the telephone that plays them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ivr.domain.dialogue import Utterance, Value
from ivr.domain.values import Language, Secret


class TextSource(Protocol):
    """The texts of one release, for reading."""

    def write(self, language: Language, key: str, **values: Value) -> str:
        """Return a text for a text message; its placeholders are filled with figures.

        Raise FlowBroken for an unknown key or a missing value.
        """
        ...


class Prompts(TextSource, Protocol):
    """The texts and the audio of one release."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        """Return the utterance of a text with its placeholders filled.

        Raise FlowBroken for an unknown key or a missing value.
        """
        ...

    def for_answer(self) -> Prompts:
        """Return the same prompts for one answer: the caller waits once for all its sentences."""
        ...


class Telephone(Protocol):
    """The caller's phone: plays prompts and collects keys with time-outs and a finish key.

    Keys pressed between questions are kept and answer the next question (type-ahead).
    """

    def play(self, utterances: Sequence[Utterance]) -> None:
        """Play to the end, or until a key is pressed; that key is kept for the next question."""
        ...

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        """Play, and return one key of ``0123456789*#`` as soon as it is pressed (barge-in).

        ``options`` are played only if the caller is silent for OPTIONS_AFTER. ``first`` is the
        number of seconds to wait after the last word. None: no key was pressed.
        """
        ...

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        """Play, and collect keys until ``#``, ``complete(keys)`` or ``between`` seconds of pause.

        The finishing ``#`` is not part of the answer: ``""`` means that only ``#`` was pressed.
        ``*`` is part of the answer. None: no key was pressed within ``first`` seconds.
        """
        ...

    def ask_secret(
        self,
        utterance: Utterance,
        most: int,
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> Secret | None:
        """As ask_digits, for a secret. Collecting ends at ``#``, ``most`` keys or a pause.

        ``utterance`` and each of ``options`` have exactly one sound.
        """
        ...

    def forget_keys(self) -> None:
        """Drop type-ahead, before a confirmation or a secret."""
        ...

    def note(self, name: str, value: str) -> None:
        """Set a channel variable, which outlives this process. Never a secret."""
        ...

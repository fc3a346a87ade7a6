"""What a dialogue says, and the telephone that it is said through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ivr.domain.dialogue import Utterance, Value
from ivr.domain.values import Language, Secret


class TextSource(Protocol):
    """The texts of one release, to be read."""

    def write(self, language: Language, key: str, **values: Value) -> str:
        """The text as it is read, its placeholders filled in figures: for text messages.

        Raises FlowBroken for an unknown key or a missing value.
        """
        ...


class Prompts(TextSource, Protocol):
    """The texts and the audio of one release."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        """The utterance of a text with its placeholders filled.

        Raises FlowBroken for an unknown key or a missing value.
        """
        ...

    def for_answer(self) -> Prompts:
        """The same prompts for one answer: its caller waits once for all that it says."""
        ...


class Telephone(Protocol):
    """The caller's phone, at the height of "play, collect with time-outs and finish key".

    Keys pressed while nothing is asked are kept and answer the next question (type-ahead).
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
        """Play, and take one key of ``0123456789*#``, at once if one is pressed (barge-in).

        ``options`` are played only to a caller who is silent for OPTIONS_AFTER. ``first`` is how
        many seconds to wait after the last word. None: nothing was pressed.
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
        """Play, and take keys until ``#``, until ``complete(keys)``, or a pause of ``between``.

        The finishing ``#`` is not part of the answer: ``""`` is a ``#`` alone. ``*`` is. None:
        nothing was pressed within ``first`` seconds.
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
        """As ask_digits for a secret. Ends at ``#``, ``most`` keys or a pause.

        ``utterance`` and each of ``options`` have exactly one sound.
        """
        ...

    def forget_keys(self) -> None:
        """Flush type-ahead: before a confirmation or a secret."""
        ...

    def note(self, name: str, value: str) -> None:
        """Set a channel variable, which outlives this process. Never a secret."""
        ...

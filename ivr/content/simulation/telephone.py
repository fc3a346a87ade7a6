"""A simulated telephone: takes keys, records the prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Secret
from ivr.errors import CallerHungUp
from ivr.ports.dialogue import Telephone

SILENCE, LATE = "-", "~"


class KeyedTelephone(Telephone):
    """A caller who presses ``keys`` and then hangs up.

    ``keys`` are words separated by spaces. At each question the caller presses one word without a
    pause; keys that are left over are type-ahead. ``-`` stands for silence. ``~1`` means that the
    caller presses 1 only while the options play. A caller without more keys hears the options to
    the end.
    """

    def __init__(self, keys: str = "") -> None:
        self._words = keys.split()
        self._ahead = ""
        self.heard: list[Utterance] = []
        self.notes: dict[str, str] = {}

    @property
    def words(self) -> list[str]:
        """The words that the caller heard."""
        return [utterance.words for utterance in self.heard]

    def play(self, utterances: Sequence[Utterance]) -> None:
        self.heard.extend(utterances)

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self._hear(utterances, options)
        return self._next()

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self._hear(utterances, options)
        key = self._next()
        if key is None:
            return None
        keys = ""
        while key != "#":
            keys += key
            if complete(keys) or not self._ahead:
                break
            key, self._ahead = self._ahead[0], self._ahead[1:]
        return keys

    def ask_secret(
        self,
        utterance: Utterance,
        most: int,
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> Secret | None:
        keys = self.ask_digits([utterance], lambda keys: len(keys) >= most, first, between, options)
        return None if keys is None else Secret(keys)

    def forget_keys(self) -> None:
        self._ahead = ""

    def note(self, name: str, value: str) -> None:
        self.notes[name] = value

    def _hear(self, utterances: Sequence[Utterance], options: Sequence[Utterance]) -> None:
        self.heard.extend(utterances)
        if not self._ahead and (not self._words or self._words[0][0] in SILENCE + LATE):
            self.heard.extend(options)

    def _next(self) -> str | None:
        if not self._ahead:
            if not self._words:
                raise CallerHungUp("no more keys")
            self._ahead = self._words.pop(0).removeprefix(LATE)
        key, self._ahead = self._ahead[0], self._ahead[1:]
        return None if key == SILENCE else key


class Hurried(KeyedTelephone):
    """A caller who never waits for options, and hangs up at the end of the last answer."""

    def _hear(self, utterances: Sequence[Utterance], options: Sequence[Utterance]) -> None:
        self.heard.extend(utterances)

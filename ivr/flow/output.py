"""What a dialogue says: texts are collected, and played together with the next question.

So a menu is one command to the telephone, and every prompt allows barge-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.domain.call import Call
from ivr.domain.dialogue import Utterance, Value
from ivr.domain.values import Language
from ivr.flow.checkpoint import SPOKEN
from ivr.flow.patience import seconds_of
from ivr.flow.voices import one_voice
from ivr.ports.dialogue import Prompts, Telephone


@dataclass(frozen=True, slots=True)
class _Saying:
    """One text to say; ``once``: do not say it again when the following question is repeated."""

    utterance: Utterance
    once: bool


@dataclass
class DialogueOutput:
    """The texts that one call says next. Only the call's thread uses it."""

    call: Call
    telephone: Telephone
    prompts: Prompts
    languages: tuple[Language, ...]
    _said: list[_Saying] = field(default_factory=list, init=False)

    def speak(self, language: Language) -> None:
        """Go on in a language. Set it on the channel too, in case no worker resumes the call."""
        self.call.language = language
        self.telephone.note(SPOKEN, language)

    def say(self, key: str, **values: Value) -> None:
        """Say a text with the next question; in every language if none is chosen yet."""
        for language in (self.call.language,) if self.call.language else self.languages:
            self.say_in(language, key, **values)

    def say_in(self, language: Language, key: str, **values: Value) -> None:
        """Say a text in a given language with the next question."""
        self._said.append(_Saying(self.prompts.say(language, key, **values), once=False))

    def say_words(self, words: Iterable[Utterance]) -> None:
        """Say the result of ``words`` with the next question."""
        self._said += [_Saying(each, once=False) for each in words]

    def mention(self, key: str, **values: Value) -> None:
        """Say a text once with the next question, and not when the question is repeated."""
        for language in (self.call.language,) if self.call.language else self.languages:
            self.mention_in(language, key, **values)

    def mention_in(self, language: Language, key: str, **values: Value) -> None:
        """Say a text once in a given language, as ``mention``."""
        self._said.append(_Saying(self.prompts.say(language, key, **values), once=True))

    def words(self, key: str, **values: Value) -> list[Utterance]:
        """Return a text as ``say`` says it, for later use."""
        kept, self._said = self._said, []
        self.say(key, **values)
        words, _ = self._question()
        self._said = kept
        return words

    def deliver(self) -> None:
        """Play the texts that are waiting to be said, without a question."""
        if self._said:
            words = one_voice([each.utterance for each in self._taken()])
            self.prompts = self.prompts.for_answer()
            self.telephone.play(words)

    def _question(self) -> tuple[list[Utterance], list[Utterance]]:
        """Return what is said with the next question: the first time, and at each repetition."""
        said = self._taken()
        first = one_voice([each.utterance for each in said])
        return first, one_voice([each.utterance for each in said if not each.once])

    def _taken(self) -> list[_Saying]:
        """Take the waiting texts; without a chosen language, grouped by language."""
        said, self._said = self._said, []
        if self.call.language:
            return said
        return sorted(said, key=lambda each: self.languages.index(each.utterance.language))

    def _seconds(self, key: str) -> float:
        languages = (self.call.language,) if self.call.language else self.languages
        return seconds_of(self.prompts.say(language, key) for language in languages)

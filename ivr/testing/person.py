"""A simulated caller who has an answer for each question, also when it is repeated."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Secret
from ivr.flow.question import AGENT_KEY, FIXED_KEYS, Question
from ivr.ports.dialogue import Telephone

RESULTS = (".done", ".accepted", ".undone", ".sent", ".cancelled", "refused.network")


def is_result(key: str) -> bool:
    """Tell whether a text reports the result of something that the caller asked for."""
    return key.endswith(RESULTS) and key != "identify.done"


@dataclass(frozen=True, slots=True)
class _Answered:
    step: str
    told: frozenset[str]
    """Results that were heard with the question."""
    answer: str


class Person(Telephone):
    """A caller whose call may pass through several workers.

    At first the caller answers each question with the next of ``words``. ``again`` is the same
    caller in a call in which questions may be repeated. A caller without a further answer asks for
    an agent.
    """

    def __init__(self, channel: MutableMapping[str, str], words: Sequence[str]) -> None:
        self.channel = channel
        self.heard: list[Utterance] = []
        self.answered: list[_Answered] = []
        self._words = list(words)
        self._plan: Sequence[_Answered] = ()
        self._told = 0
        """Number of heard texts up to the last answer."""
        self._next = 0
        self._question = Question("", "key")

    def again(self, channel: MutableMapping[str, str]) -> Person:
        """Return the same caller, who has answered before and knows the answers."""
        other = Person(channel, ())
        other._plan = tuple(self.answered)
        return other

    @property
    def keys(self) -> list[str]:
        """Return the keys of the texts that were heard."""
        return [utterance.key for utterance in self.heard]

    def asked(self, question: Question) -> None:
        """Record the question that the dialogue asks now."""
        self._question = question

    def play(self, utterances: Sequence[Utterance]) -> None:
        self.heard.extend(utterances)

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self.heard.extend(utterances)
        return self._answer()

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self.heard.extend(utterances)
        return self._answer().removesuffix("#")

    def ask_secret(
        self,
        utterance: Utterance,
        most: int,
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> Secret | None:
        self.heard.append(utterance)
        return Secret(self._answer().removesuffix("#"))

    def forget_keys(self) -> None:
        """Do nothing: this caller presses no keys ahead."""

    def note(self, name: str, value: str) -> None:
        self.channel[name] = value

    def _answer(self) -> str:
        step = self._question.step
        told = frozenset(key for key in self.keys[self._told :] if is_result(key))
        self._told = len(self.heard)
        answer = self._words.pop(0) if self._words else self._known(step, told)
        if self._question.kind == "key" and answer not in self._question.keys + FIXED_KEYS:
            answer = AGENT_KEY
        self.answered.append(_Answered(step, told, answer))
        return answer

    def _known(self, step: str, told: frozenset[str]) -> str:
        """Return the next answer for a place, else the last one given there, else ask for an agent.

        An answer that followed a result is used only if the result is heard again, or if there is
        no other answer.
        """
        behind, ahead = range(self._next - 1, -1, -1), range(self._next, len(self._plan))
        near: list[int] = [*ahead[:1], *behind, *ahead[1:]]
        there = [index for index in near if self._plan[index].step == step]
        there.sort(key=lambda index: not self._plan[index].told <= told)
        if not there:
            return AGENT_KEY
        self._next = there[0] + 1
        return self._plan[there[0]].answer

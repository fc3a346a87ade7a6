"""Walks through every choice of a flow to find which keys reach which goal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.domain.call import Call
from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.flow.document import Flow
from ivr.flow.patience import seconds_of
from ivr.flow.question import AGENT_KEY, Question

MOST_WALKS = 50_000


@dataclass(frozen=True, slots=True)
class Walked:
    """A simulated call that pressed some keys and stopped at the next question."""

    keys: tuple[str, ...]
    call: Call
    question: Question | None
    """The present question; None: the dialogue has ended."""
    heard: tuple[Utterance, ...]
    """What was played, without the options that only a silent caller hears."""


@dataclass(frozen=True, slots=True)
class GoalPath:
    """The shortest way to a goal in one language."""

    goal: str
    language: Language
    steps: tuple[tuple[str, str], ...]
    """``Question.step`` and key, in order."""
    needs_identification: bool
    seconds: float
    """Time of listening without barge-in; the caller's own time is not included."""


Walk = Callable[[tuple[str, ...]], Walked]
"""Makes a new call, presses the keys, one per question, and hangs up."""


def every_path(walk: Walk, answers: Mapping[str, tuple[str, ...]]) -> Iterator[Walked]:
    """Yield each call that the offered choices allow, shortest first.

    A call never answers the same question twice. ``answers`` has the keys for questions that ask
    for digits or a secret, by step or by the last part of the step (``number``).
    """
    waiting = deque([walk(())])
    walks = 0
    while waiting and walks < MOST_WALKS:
        walked = waiting.popleft()
        yield walked
        question = walked.question
        if question is None or question.step in {step.node for step in walked.call.path}:
            continue
        for key in _answers(question, answers):
            walks += 1
            waiting.append(walk((*walked.keys, key)))


def goal_paths(flow: Flow, walk: Walk, answers: Mapping[str, tuple[str, ...]]) -> list[GoalPath]:
    """Return the shortest path to every goal in every language, in the order of the tree."""
    found: dict[tuple[str, Language], GoalPath] = {}
    guarded = {id for id, node in flow.nodes.items() if node.needs}
    for walked in every_path(walk, answers):
        for path in _reached(walked, guarded, flow.languages):
            found.setdefault((path.goal, path.language), path)
    return list(found.values())


def _reached(
    walked: Walked, guarded: set[str], languages: Iterable[Language]
) -> Iterator[GoalPath]:
    call = walked.call
    steps = tuple((step.node, step.key) for step in call.path)
    nodes = {step.partition("/")[0] for step, _ in steps} | {call.node}
    for goal in call.goals:
        for language in (call.language,) if call.language else languages:
            yield GoalPath(
                goal, language, steps, bool(nodes & guarded), round(seconds_of(walked.heard), 1)
            )


def _answers(question: Question, answers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if question.kind != "key":
        step = question.step
        return answers.get(step) or answers[step.rpartition("/")[2]]
    choices = tuple(question.keys)
    return choices if "/" in question.step else (*choices, AGENT_KEY)

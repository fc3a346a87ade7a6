"""Walks a flow in memory through everything that it offers."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.document import Flow
from ivr.flow.paths import GoalPath, Walk, Walked, goal_paths
from ivr.ports import Prompts, Status
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PASSPORT_KEYS, Operator, subscriber
from ivr.testing.dial import dial
from ivr.values import Language

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "number": ("#",),
    "codeword": (f"{CODEWORD_KEYS}#",),
    "passport": (f"{PASSPORT_KEYS}#",),
    "amount": ("50#",),
    "fax": ("12345678",),
}
"""What is keyed in where a walk is asked for an entry."""


def all_goal_paths(flow: Flow, prompts: Prompts | None = None) -> list[GoalPath]:
    """The shortest path to every goal in every language, for subscribers who can reach it."""
    found: dict[tuple[str, Language], GoalPath] = {}
    for status in (Status.ACTIVE, Status.SUSPENDED, Status.INACTIVE):
        walk = walker(flow, prompts, identified=True, status=status)
        for path in goal_paths(flow, walk, ANSWERS):
            found.setdefault((path.goal, path.language), path)
    return list(found.values())


def walker(
    flow: Flow,
    prompts: Prompts | None = None,
    *,
    identified: bool,
    status: Status = Status.ACTIVE,
) -> Walk:
    """Calls of a subscriber with money and no service on; ``identified`` from the start or not."""

    def walk(keys: tuple[str, ...]) -> Walked:
        operator = Operator()
        operator.add(subscriber(services="", balance=100_000, status=status))
        call = dial(
            flow,
            operator.care,
            operator.clock,
            " ".join(keys),
            prompts=prompts,
            subscriber=NUMBER if identified else None,
        )
        return Walked(keys, call.call, call.question, tuple(call.utterances))

    return walk

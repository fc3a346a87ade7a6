"""Walks a flow in memory through everything that it offers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ivr.domain.subscriber import Status
from ivr.domain.values import Language
from ivr.flow.document import Flow
from ivr.flow.paths import GoalPath, Walk, Walked, every_path, goal_paths
from ivr.ports.dialogue import Prompts
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PASSPORT_KEYS, Operator, subscriber
from ivr.testing.dial import dial
from ivr.testing.telephone import Hurried

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "number": ("#",),
    "request/number": ("66300891",),
    "target": ("61000000",),
    "seconds": ("20",),
    "codeword": (f"{CODEWORD_KEYS}#",),
    "passport-series": (PASSPORT_KEYS[0],),
    "passport-region": (PASSPORT_KEYS[1],),
    "passport-number": (PASSPORT_KEYS[2:],),
    "amount": ("50#",),
    "fax": ("12345678",),
}
"""What is keyed in where a walk is asked for an entry."""


def all_goal_paths(flow: Flow, prompts: Prompts | None = None) -> list[GoalPath]:
    """The shortest path to every goal in every language, for subscribers who can reach it.

    The steps are those of an identified caller; the seconds have the identification in them.
    """
    identifying = _identifying_seconds(flow, prompts)
    found: dict[tuple[str, Language], GoalPath] = {}
    for status in (Status.ACTIVE, Status.SUSPENDED, Status.INACTIVE):
        walk = walker(flow, prompts, identified=True, status=status)
        for path in goal_paths(flow, walk, ANSWERS):
            if path.needs_identification:
                seconds = round(path.seconds + identifying[path.language], 1)
                path = dataclasses.replace(path, seconds=seconds)
            found.setdefault((path.goal, path.language), path)
    return list(found.values())


def _identifying_seconds(flow: Flow, prompts: Prompts | None) -> Mapping[Language, float]:
    """How long a caller listens who proves the right to the own number with its code word."""
    found: dict[Language, float] = {}
    for walked in every_path(walker(flow, prompts, identified=False), ANSWERS):
        language = walked.call.language
        if language and walked.call.subscriber and language not in found:
            asked = (each for each in walked.heard if each.key.startswith("identify."))
            found[language] = sum(each.seconds for each in asked)
            if len(found) == len(flow.languages):
                break
    return found


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
            telephone=Hurried,
        )
        return Walked(keys, call.call, call.question, tuple(call.utterances))

    return walk

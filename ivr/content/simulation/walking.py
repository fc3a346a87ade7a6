"""Walks: simulated calls through all paths of the content."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ivr.content.model import Content
from ivr.content.simulation.clock import FixedClock
from ivr.content.simulation.dial import CALLER, dial
from ivr.content.simulation.operator import simulated_care
from ivr.content.simulation.telephone import Hurried
from ivr.domain.subscriber import Status
from ivr.domain.values import Language
from ivr.flow.paths import GoalPath, Walk, Walked, every_path, goal_paths
from ivr.ports.dialogue import Prompts

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "number": ("#",),
    "request/number": ("66300891",),
    "target": ("61000000",),
    "seconds": ("20",),
    "codeword": ("63753646#",),
    "passport-series": ("2",),
    "passport-region": ("6",),
    "passport-number": ("123456",),
    "amount": ("50#",),
    "fax": ("12345678",),
}
"""Keys that a walk enters where a node asks for an entry."""


def all_goal_paths(content: Content, prompts: Prompts) -> list[GoalPath]:
    """Return the shortest path to each goal in each language, for subscribers who can reach it.

    The steps are those of an identified caller; the seconds include the identification.
    """
    identifying = _identifying_seconds(content, prompts)
    found: dict[tuple[str, Language], GoalPath] = {}
    for status in (Status.ACTIVE, Status.SUSPENDED, Status.INACTIVE):
        walk = walker(content, prompts, identified=True, status=status)
        for path in goal_paths(content.flow, walk, ANSWERS):
            if path.needs_identification:
                seconds = round(path.seconds + identifying[path.language], 1)
                path = dataclasses.replace(path, seconds=seconds)
            found.setdefault((path.goal, path.language), path)
    return list(found.values())


def _identifying_seconds(content: Content, prompts: Prompts) -> Mapping[Language, float]:
    """Return the listening time in seconds of an identification by code word, per language."""
    found: dict[Language, float] = {}
    for walked in every_path(walker(content, prompts, identified=False), ANSWERS):
        language = walked.call.language
        if language and walked.call.subscriber and language not in found:
            asked = (each for each in walked.heard if each.key.startswith("identify."))
            found[language] = sum(each.seconds for each in asked)
            if len(found) == len(content.flow.languages):
                break
    return found


def walker(
    content: Content,
    prompts: Prompts,
    *,
    identified: bool,
    status: Status = Status.ACTIVE,
) -> Walk:
    """Return a walk: calls of a subscriber with money and without services.

    ``identified``: whether the caller is identified from the start.
    """

    def walk(keys: tuple[str, ...]) -> Walked:
        clock = FixedClock()
        call = dial(
            content.flow,
            simulated_care(content, clock, status),
            clock,
            " ".join(keys),
            prompts=prompts,
            subscriber=CALLER if identified else None,
            telephone=Hurried,
        )
        return Walked(keys, call.call, call.question, tuple(call.utterances))

    return walk

"""Walks a flow in memory through everything that it offers."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow.document import Flow
from ivr.flow.paths import Walk, Walked
from ivr.ports import Prompts
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PASSPORT_KEYS, Operator, subscriber
from ivr.testing.dial import dial

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "number": ("#",),
    "codeword": (f"{CODEWORD_KEYS}#",),
    "passport": (f"{PASSPORT_KEYS}#",),
}
"""What is keyed in where a walk is asked for an entry."""


def walker(flow: Flow, prompts: Prompts | None = None, *, identified: bool) -> Walk:
    """Calls of a subscriber for whom nothing is refused; ``identified`` from the start or not."""

    def walk(keys: tuple[str, ...]) -> Walked:
        operator = Operator()
        operator.add(subscriber(services="", balance=100_000))
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

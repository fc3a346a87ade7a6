"""Formats of flow documents: what an older version wrote is brought to the form of this one.

A document says its format (``format: 2``); one that does not is of format 1 or later, so each step
leaves alone what has the newer form already. A field that may be left out, as ``holidays`` of
agents, needs no step. A step is a pure function from one format to the next.
To change the form of flows, add a step, and a release of the version before it to
``tests/data/releases``. Steps are never changed or removed: every release ever published loads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.errors import FlowBroken

Document = dict[str, Any]
Step = Callable[[Document], Document]
OLDEST = 1


def _topics(flow: Document) -> Document:
    """1 to 2: a node ``account`` tells of several topics (before: ``topic``, a single one)."""

    def migrated(node: Any) -> Any:
        if not isinstance(node, dict) or node.get("kind") != "account" or "topic" not in node:
            return node
        kept = {name: value for name, value in node.items() if name != "topic"}
        return {**kept, "topics": [node["topic"]]}

    nodes = flow.get("nodes")
    if not isinstance(nodes, dict):
        return flow
    return {**flow, "nodes": {id: migrated(node) for id, node in nodes.items()}}


STEPS: Mapping[int, Step] = {1: _topics}
"""By the format that a step starts from."""
FORMAT = OLDEST + len(STEPS)
"""The format that this version reads and writes."""


def migrate(
    flow: Mapping[str, Any], source: str = "flow", steps: Mapping[int, Step] = STEPS
) -> Document:
    """A flow document in the newest format, without the word ``format``.

    FlowBroken: its format is no number, or newer than this version.
    """
    found = dict(flow)
    written = found.pop("format", OLDEST)
    newest = OLDEST + len(steps)
    if not str(written).isdecimal() or int(written) < OLDEST:
        raise FlowBroken(f"{source}: `format:` is a whole number, as in `format: {newest}`")
    if int(written) > newest:
        raise FlowBroken(
            f"{source}: it is of format {written}, and this version reads formats up to {newest}: "
            "update the program"
        )
    for number in range(int(written), newest):
        found = steps[number](found)
    return found

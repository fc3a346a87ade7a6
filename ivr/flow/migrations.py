"""Formats of flow documents, and the steps that migrate older documents to the present format.

A document names its format (``format: 2``). A document without a format may have any format from 1
on, so each step must leave newer forms unchanged. An optional field, such as ``holidays`` of
agents, needs no step. A step is a pure function from one format to the next.
To change the format of flows, add a step, and add a release of the version before it to
``tests/data/releases``. Never change or remove steps: every release ever published must load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.errors import FlowBroken

Document = dict[str, Any]
Step = Callable[[Document], Document]
OLDEST = 1


def _topics(flow: Document) -> Document:
    """Migrate 1 to 2: a node ``account`` has several topics (before: one ``topic``)."""

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
"""Steps by the format from which they start."""
FORMAT = OLDEST + len(STEPS)
"""The format of this version."""


def migrate(
    flow: Mapping[str, Any], source: str = "flow", steps: Mapping[int, Step] = STEPS
) -> Document:
    """Return a flow document in the newest format, without the field ``format``.

    Raise FlowBroken if its format is not a number, or is newer than this version.
    """
    found = dict(flow)
    written = found.pop("format", OLDEST)
    newest = OLDEST + len(steps)
    if not str(written).isdecimal() or int(written) < OLDEST:
        raise FlowBroken(f"{source}: `format:` must be a whole number, as in `format: {newest}`")
    if int(written) > newest:
        raise FlowBroken(
            f"{source}: it has format {written}, but this version reads formats only up to"
            f" {newest}: update the program"
        )
    for number in range(int(written), newest):
        found = steps[number](found)
    return found

"""The outline of a flow: a readable tree of keys and nodes."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.document import Flow
from ivr.flow.nodes import (
    AccountAnswer,
    AnyNode,
    ListNode,
    Menu,
    PackagesNode,
    Say,
    ServiceNode,
    Services,
    Suspension,
)


def outline(flow: Flow) -> str:
    """Return the tree, one node per line, indented by depth. A repeated node is only named."""
    return "\n".join(_lines(flow, flow.start, "", set(), 0))


def _lines(flow: Flow, id: str, key: str, seen: set[str], depth: int) -> Iterator[str]:
    node = flow.nodes[id]
    lead = f"{'   ' * depth}{key + '  ' if key else ''}"
    if id in seen:
        yield f"{lead}{id} (above)"
        return
    seen.add(id)
    yield f"{lead}{id}{_about(node)}"
    for name, target in node.exits().items():
        yield from _lines(flow, target, name, seen, depth + 1)


def _about(node: AnyNode) -> str:
    match node:
        case ListNode():
            about = f"list of {node.subject}"
        case Say():
            about = f"says {node.text}"
        case AccountAnswer():
            about = " ".join(node.topics)
        case PackagesNode():
            about = f"packages of {node.service}"
        case ServiceNode():
            about = f"service {node.service}"
        case Services():
            about = f"services of group {node.group}"
        case Suspension():
            about = node.action
        case Menu():
            about = f"menu of {len(node.choices)}"
        case _:
            about = node.kind
    return f": {about}{' (identified)' if node.needs else ''}"

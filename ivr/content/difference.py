"""Differences between two contents, by places that an editor knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ivr.content.model import Document

PARTS: Mapping[str, tuple[str, ...]] = {
    "menus": ("flow",),
    "node": ("flow", "nodes"),
    "text": ("speech", "texts", "words"),
    "pronunciation": ("speech", "texts", "lexicon"),
    "recording": ("speech", "takes"),
    "catalogue": ("catalogue",),
    "invoices": ("invoice",),
}
"""Parts of a document, with their paths in it."""
BY_LANGUAGE = frozenset({"text", "pronunciation", "recording"})


def difference(one: Document, other: Document) -> list[str]:
    """Return the places where two contents differ, such as ``catalogue/services/sms``."""
    found = [f"{part}/{at}" for part, path in PARTS.items() for at in _of(part, path, one, other)]
    if one.get("news", []) != other.get("news", []):
        found.append("news")
    return found


def _of(part: str, path: tuple[str, ...], *documents: Document) -> Iterator[str]:
    one, other = (_at(document, path) for document in documents)
    if part == "menus":
        one, other = ({k: v for k, v in each.items() if k != "nodes"} for each in (one, other))
    for name in dict.fromkeys((*one, *other)):
        left, right = one.get(name), other.get(name)
        is_deep = part in BY_LANGUAGE or (part == "catalogue" and isinstance(left or right, dict))
        if is_deep:
            left, right = left or {}, right or {}
            yield from (
                f"{name}/{key}"
                for key in dict.fromkeys((*left, *right))
                if left.get(key) != right.get(key)
            )
            if part == "catalogue" and _is_reordered(left, right):
                yield f"{name} (their order)"
        elif left != right:
            yield name


def _at(document: Document, path: tuple[str, ...]) -> Mapping[str, Any]:
    found: Any = document
    for name in path:
        found = found.get(name) or {}
    return found if isinstance(found, dict) else {}


def _is_reordered(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether entries differ only in their order, which is the order in the menus."""
    return one.keys() == other.keys() and list(one) != list(other)

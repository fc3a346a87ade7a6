"""The menu of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One page. ``menu.<name>`` is its text."""

    name: str
    path: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """Pages under one heading."""

    name: str
    items: Sequence[Item]


def menu_of(*, is_demo: bool) -> Sequence[Group]:
    """Return the pages that a user may see."""
    groups = [
        Group(
            "people",
            (
                Item("users", "/admin/users", "users"),
                Item("sessions", "/admin/sessions", "device"),
                Item("audit", "/admin/audit", "list"),
            ),
        ),
        Group("own", (Item("security", "/me/security", "shield"),)),
    ]
    if is_demo:
        groups.append(Group("demo", (Item("components", "/components", "grid"),)))
    return groups

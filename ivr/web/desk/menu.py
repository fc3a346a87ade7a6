"""The menu of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.domain.rights import Right
from ivr.domain.staff import StaffSession


@dataclass(frozen=True, slots=True)
class Item:
    """One page. ``menu.<name>`` is its text."""

    name: str
    path: str
    icon: str
    right: Right | None = None
    """What the page asks for; None: it is for everybody."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pages under one heading."""

    name: str
    pages: Sequence[Item]


GROUPS = (
    Group("calls", (Item("desk", "/desk", "phone", Right.TAKE_CALLS),)),
    Group(
        "people",
        (
            Item("users", "/admin/users", "users", Right.MANAGE_USERS),
            Item("sessions", "/admin/sessions", "device", Right.MANAGE_USERS),
            Item("audit", "/admin/audit", "list", Right.READ_AUDIT),
        ),
    ),
    Group("own", (Item("security", "/me/security", "shield"),)),
)
DEMO = Group("demo", (Item("components", "/components", "grid"),))


def menu_of(session: StaffSession | None, *, is_demo: bool) -> Sequence[Group]:
    """Return the pages that the user of a session may see."""
    groups = [Group(group.name, _allowed(group, session)) for group in GROUPS]
    return [group for group in groups if group.pages] + ([DEMO] if is_demo else [])


def first_page(session: StaffSession) -> str:
    """Return the path of the first page that the user may see."""
    return menu_of(session, is_demo=False)[0].pages[0].path


def _allowed(group: Group, session: StaffSession | None) -> Sequence[Item]:
    if session is None:
        return ()
    rights = session.rights
    return [item for item in group.pages if item.right is None or item.right in rights]

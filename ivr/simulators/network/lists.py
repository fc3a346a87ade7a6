"""Lists of the simulated network: ``offset``, ``limit`` and ``fields`` as in TMF630, and the
pagination of other servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from ivr.simulators.network.habit import Habit, Habits

ODD: tuple[Any, ...] = (
    None,
    "gone",
    7,
    {},
    {"id": None, "state": {"code": 4}, "externalId": ["a"], "relatedParty": "nobody"},
    {"id": "of-another", "state": "unheardOf", "orderDate": "yesterday", "status": 5},
)
"""Items that no client can parse."""
SHORT, LONG = 3, 10
SIZES = {
    Habit.PAGES: SHORT,
    Habit.LINKS: SHORT,
    Habit.FOREIGN_LINKS: SHORT,
    Habit.PARTS: SHORT,
    Habit.RANGES: SHORT,
    Habit.SILENT_PAGES: LONG,
}
BEHIND = "http://10.255.255.1:8080"
"""A machine behind the gateway, which clients cannot reach."""


@dataclass(frozen=True)
class Listed:
    """The answer to a request for a list."""

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)


class BadPage(ValueError):
    """The offset or the limit is not a number."""


def listed(items: Sequence[Any], path: str, query: Mapping[str, str], habits: Habits) -> Listed:
    """Return one page of a list. BadPage: the offset or the limit is not a number."""
    if not items:
        return _empty(habits)
    whole = [*ODD, *items] if Habit.ODD_ITEMS in habits else list(items)
    if Habit.REFERENCES in habits and path.endswith("/serviceOrder"):
        whole = [{k: i[k] for k in ("id", "href") if k in i} for i in whole if isinstance(i, dict)]
    offset, most = _number(query, "offset", 0), _number(query, "limit", len(whole))
    sizes = [size for habit, size in SIZES.items() if habit in habits]
    page = whole[offset : offset + min([most, *sizes])]
    names = {name for name in query.get("fields", "").split(",") if name}
    if names:
        kept = names | {"id", "href"}
        page = [
            {name: value for name, value in each.items() if name in kept}
            if isinstance(each, dict)
            else each
            for each in page
        ]
    end = offset + len(page)
    headers = _headers(path, query, habits, offset, end, len(whole))
    is_part = end < len(whole) and (Habit.PARTS in habits or Habit.PAGES in habits)
    return Listed(206 if is_part else 200, _shaped(page, habits), headers)


def _headers(
    path: str, query: Mapping[str, str], habits: Habits, offset: int, end: int, total: int
) -> dict[str, str]:
    headers = {}
    quiet = {Habit.LINKS, Habit.FOREIGN_LINKS, Habit.PARTS, Habit.SILENT_PAGES, Habit.RANGES}
    if not habits & quiet:
        headers["X-Total-Count"] = str(total)
        headers["X-Result-Count"] = str(end - offset)
    if Habit.RANGES in habits:
        headers["Content-Range"] = f"items {offset}-{end - 1}/{total}"
    if end < total and habits & {Habit.LINKS, Habit.FOREIGN_LINKS}:
        following = f"{path}?{urlencode({**query, 'offset': str(end)})}"
        host = BEHIND if Habit.FOREIGN_LINKS in habits else ""
        headers["Link"] = f'<{host}{path}>; rel="self", <{host}{following}>; rel="next"'
    return headers


def _empty(habits: Habits) -> Listed:
    if Habit.EMPTY_404 in habits:
        return Listed(404, {"code": "60", "reason": "nothing is found"})
    if Habit.EMPTY_204 in habits:
        return Listed(204, None)
    if Habit.EMPTY_NULL in habits:
        return Listed(200, None)
    return Listed(200, [], {"X-Total-Count": "0", "X-Result-Count": "0"})


def _shaped(page: list[Any], habits: Habits) -> Any:
    if Habit.SINGLE in habits and len(page) == 1:
        return page[0]
    return {"items": page} if Habit.ENVELOPE in habits else page


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadPage(f"{name} is not a number")
    return int(text)

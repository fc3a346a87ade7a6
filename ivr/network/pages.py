"""Read whole lists from servers with pagination (TMF630).

A page announces further pages by ``Link: rel="next"``, by ``X-Total-Count``, by status 206, or not
at all. An empty list may come as 404, 204 or null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pydantic_core import to_json

from ivr.errors import TemporarilyUnavailable
from ivr.network.answer import Answer
from ivr.network.location import on_ours

MOST = 200
"""Most pages of one list."""
LIKELY = 10
"""Items from which on a page without any announcement may be one of several."""
TMF = "/tmf-api/"


class Server(Protocol):
    """The methods of ``ivr.network.http_client.HttpClient`` that are used here."""

    @property
    def base(self) -> str: ...

    def get(self, path: str, until: float, **query: str) -> Answer: ...

    def unavailable(self, detail: str) -> TemporarilyUnavailable: ...

    def misunderstood(self, field: str) -> TemporarilyUnavailable: ...


def items(wire: Server, path: str, until: float, query: Mapping[str, str]) -> Iterator[Any]:
    """Yield each item of a list once, unparsed. Pages are requested as needed.

    TemporarilyUnavailable: the list is not available, or not complete.
    """
    seen: set[bytes] = set()
    read = 0
    asked = dict(query)
    for _ in range(MOST):
        answer = wire.get(path, until, **asked)
        found = items_of(wire, answer, read)
        fresh = [item for item in found if _is_new(item, seen)]
        yield from fresh
        read += len(found)
        if not found or not _goes_on(answer, read, len(found)):
            return
        if not fresh:
            if answer.total is None and not answer.following:
                return  # no pagination: the first page was the whole list
            raise wire.unavailable("every page of its list has the same items: ask its operator")
        following = (
            on_ours(answer.following, answer.url, wire.base, TMF) if answer.following else None
        )
        if following is not None:
            path, asked = following, {}
        else:
            asked = {**query, "offset": str(read), "limit": query.get("limit", str(len(found)))}
    raise wire.unavailable(
        f"its list has more than {MOST} pages: check that it supports the filter"
    )


def items_of(wire: Server, answer: Answer, read: int = 0) -> list[Any]:
    """Return the items of one page; ``read`` is the count of items on earlier pages."""
    if answer.is_empty:
        return []
    if answer.status >= 300:
        if read and answer.total is None:
            return []  # the server does not support the parameters of pagination
        raise wire.unavailable(f"it answers with status {answer.status}")
    try:
        found = answer.document()
    except ValueError:
        raise wire.misunderstood("") from None
    if isinstance(found, dict):  # a single item, or a list in an envelope
        lists = [each for each in found.values() if isinstance(each, list)]
        found = lists[0] if "id" not in found and len(lists) == 1 else [found] if found else []
    if found is not None and not isinstance(found, list):
        raise wire.misunderstood("")
    return found or []


def _is_new(item: Any, seen: set[bytes]) -> bool:
    id = item.get("id") if isinstance(item, dict) else None
    key = to_json(item if id is None else id)
    is_new = key not in seen
    seen.add(key)
    return is_new


def _goes_on(answer: Answer, read: int, here: int) -> bool:
    """Tell whether there may be a further page."""
    if answer.following:
        return True
    if answer.total is not None:
        return read < answer.total
    return answer.status == 206 or here >= LIKELY

"""HTTP answers of the simulated network, in the form of its habits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from ivr.network.models.common import Fault
from ivr.simulators.network.habit import Habit, Habits
from ivr.simulators.network.lists import BEHIND, BadPage, Listed, listed
from ivr.simulators.network.writing import written

MOVED = "/moved"
"""Prefix of the path of a redirected request."""
STATUSES = {
    Habit.MOVED_301: 301,
    Habit.MOVED_302: 302,
    Habit.MOVED_307: 307,
    Habit.MOVED_308: 308,
}


@dataclass(frozen=True)
class Asked:
    """The parts of a request on which the answer's form depends."""

    method: str
    path: str
    query: Mapping[str, str]


def fault(status: int, reason: str) -> Response:
    """Return an Error of the published APIs."""
    said = reason.encode("utf-8", "replace").decode()
    return JSONResponse(Fault(code=str(status), reason=said).wire(), status_code=status)


def redirected(raw: str, habits: Habits) -> Response | None:
    """Return a redirection of a request that is not processed yet; None: do not redirect it."""
    status = next((STATUSES[each] for each in STATUSES if each in habits), None)
    if status is None:
        return None
    return Response(status_code=status, headers={"Location": f"{MOVED}{raw}"})


def answered(
    asked: Asked, status: int, body: bytes, headers: dict[str, str], habits: Habits
) -> Response:
    """Return an answer in the form of the habits. ``headers`` are those that it has already."""
    document: Any = json.loads(body) if body else None
    made = headers.get("Location") or _place(document)
    if asked.method == "POST" and status in (201, 202) and made:
        headers["Location"] = located(made, habits)
        if status == 201 and Habit.MOVED_303 in habits:
            return Response(status_code=303, headers=headers)
        if status == 201 and Habit.NO_BODY in habits:
            return Response(status_code=201, headers=headers)
    try:
        if asked.method == "GET" and status == 200 and isinstance(document, list):
            found = listed(document, asked.path, asked.query, habits)
        elif (
            asked.method == "GET"
            and status == 200
            and isinstance(document, dict)
            and asked.query.get("fields")
        ):
            kept = {*asked.query["fields"].split(","), "id", "href"}
            found = Listed(200, {name: v for name, v in document.items() if name in kept})
        else:
            found = Listed(status, document)
    except BadPage as error:
        return fault(400, str(error))
    headers |= found.headers
    if found.status == 204 or (found.document is None and not body):
        return Response(status_code=found.status, headers=headers)
    text = json.dumps(written(found.document, habits), ensure_ascii=False).encode()
    return Response(
        (b"\xef\xbb\xbf" if Habit.BOM in habits else b"") + text,
        status_code=found.status,
        headers=headers,
        media_type="text/plain" if Habit.PLAIN in habits else "application/json",
    )


def located(path: str, habits: Habits) -> str:
    """Return a Location in the form of the habits."""
    short = "/".join(path.split("/")[-2:])
    if Habit.RELATIVE in habits:
        return short
    if Habit.PREFIX in habits:
        return f"/internal/{short}"
    return f"{BEHIND}{path}" if Habit.FOREIGN in habits else path


def address(base: str, id: str) -> str:
    """Return the path of a resource."""
    return f"{base}/{quote(id, safe='')}"


def _place(document: Any) -> str:
    return str(document.get("href", "")) if isinstance(document, dict) else ""

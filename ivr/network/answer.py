"""One answer over HTTP, before anybody knows what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic_core import from_json

REFUSING = frozenset({400, 409, 422})
"""Statuses that say no to what is asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``url`` is where it was asked last; ``total`` how many there are in all of a
    list, if it says so; ``following`` where its next page is."""

    status: int
    body: bytes
    location: str = ""
    url: str = ""
    total: int | None = None
    following: str = ""
    is_page_of_web: bool = False
    """It is HTML: by a gateway or a web server, not by the API."""

    @classmethod
    def of(cls, reply: httpx.Response, body: bytes) -> Answer:
        headers = reply.headers
        return cls(
            reply.status_code,
            body,
            headers.get("Location", ""),
            str(reply.url),
            _total(headers.get("X-Total-Count", ""), headers.get("Content-Range", "")),
            _following(reply),
            "html" in headers.get("Content-Type", "") or body.lstrip()[:1] == b"<",
        )

    @property
    def refused(self) -> bool:
        """The other side said no, for good."""
        return self.status in REFUSING

    @property
    def missing(self) -> bool:
        return self.status == 404

    @property
    def is_empty(self) -> bool:
        """Whether, as the answer to a list, it says that there is nothing."""
        if self.status in (404, 416):
            return not self.is_page_of_web
        return self.status < 300 and not self.body.strip()

    def document(self) -> Any:
        """The JSON of the body; None: there is none. ValueError: it is no JSON."""
        text = self.body.decode("utf-8-sig", "replace")
        return from_json(text) if text.strip() else None


def _total(count: str, content_range: str) -> int | None:
    """From ``X-Total-Count: 45`` (TMF630), or from ``Content-Range: items 0-19/45``."""
    found = re.fullmatch(r"(?:.*/)?(\d{1,12})", count.strip() or content_range.strip(), re.ASCII)
    return int(found[1]) if found else None


def _following(reply: httpx.Response) -> str:
    """The target of ``Link: <…>; rel="next"`` (RFC 8288)."""
    try:
        return reply.links.get("next", {}).get("url", "")
    except (ValueError, IndexError):
        return ""

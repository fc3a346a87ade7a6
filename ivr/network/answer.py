"""An HTTP answer, not yet parsed as a resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic_core import from_json

REFUSING = frozenset({400, 409, 422})
"""Statuses that refuse a request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request, for single resources and for lists.

    ``url`` is the address of the last request. ``total`` is the size of the whole list, if the
    answer tells it; ``following`` is the address of the next page.
    """

    status: int
    body: bytes
    location: str = ""
    url: str = ""
    total: int | None = None
    following: str = ""
    is_page_of_web: bool = False
    """The body is HTML: it comes from a gateway or a web server, not from the API."""

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
        """The server refuses the request for good."""
        return self.status in REFUSING

    @property
    def missing(self) -> bool:
        return self.status == 404

    @property
    def is_empty(self) -> bool:
        """Whether the answer, as one to a list, means an empty list."""
        if self.status in (404, 416):
            return not self.is_page_of_web
        return self.status < 300 and not self.body.strip()

    def document(self) -> Any:
        """Parse the body as JSON; None: it is empty. ValueError: it is no JSON."""
        text = self.body.decode("utf-8-sig", "replace")
        return from_json(text) if text.strip() else None


def _total(count: str, content_range: str) -> int | None:
    """Parse ``X-Total-Count: 45`` (TMF630) or ``Content-Range: items 0-19/45``."""
    found = re.fullmatch(r"(?:.*/)?(\d{1,12})", count.strip() or content_range.strip(), re.ASCII)
    return int(found[1]) if found else None


def _following(reply: httpx.Response) -> str:
    """Return the target of ``Link: <…>; rel="next"`` (RFC 8288); "" if there is none."""
    try:
        return reply.links.get("next", {}).get("url", "")
    except (ValueError, IndexError):
        return ""

"""Addresses that answers name: where something is, where to ask next, whom the token is for.

RFC 9110 10.2.2 and 15.4: a Location may be relative, absolute, or, behind a gateway, one of a
machine that we cannot reach. Nothing here is asked; these are pure functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

MOVED = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}


def segment(id: str) -> str:
    """An id as one part of a path: nothing in it is a separator, a query or a step upwards."""
    return quote(id, safe="") if id.strip(".") else id.replace(".", "%2E")


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. ValueError: it is no address of the web."""
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("no address of the web")
    return parts.scheme, parts.hostname.lower(), parts.port or DEFAULT_PORTS[parts.scheme]


def is_trusted(base: str, url: str) -> bool:
    """Whether the token may go there: the same server, or the same name by TLS instead."""
    (scheme, host, port), other = origin(base), origin(url)
    return other in ((scheme, host, port), ("https", host, DEFAULT_PORTS["https"]))


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a redirected request goes on. ``method`` is "" where it was carried out already, and
    ``url`` says what came of it."""

    method: str
    url: str


def onward(method: str, status: int, asked: str, location: str, base: str) -> Onward | None:
    """How to go on after a redirection (RFC 9110 15.4); None: not at all.

    307 and 308 keep the method. 303 answers a POST, and so do 301 and 302 if what they name is not
    the same collection elsewhere. To another server only questions go, and never from TLS to none.
    """
    try:
        url = urljoin(asked, location)
        scheme, is_known = origin(url)[0], is_trusted(base, url)
    except ValueError:
        return None
    if method == "POST" and (status == 303 or (status < 303 and _last(url) != _last(asked))):
        return Onward("", url)
    if method == "PATCH" and status == 303:
        return Onward("GET", url)
    if is_known:
        return Onward(method, url)
    is_safe = method == "GET" and not (asked.startswith("https:") and scheme == "http")
    return Onward(method, url) if is_safe else None


def on_ours(url: str, asked: str, base: str, api: str) -> str | None:
    """An address that an answer names, on the server that we ask; None: it is none.

    Behind a gateway a server names itself as it knows itself: what counts is the path from
    ``api`` on.
    """
    try:
        found = urljoin(asked, url)
        if is_trusted(base, found):
            return found
        parts = urlsplit(found)
    except ValueError:
        return None
    at = parts.path.find(api)
    if at < 0:
        return None
    return f"{base}{parts.path[at:]}{'?' + parts.query if parts.query else ''}"


def places(location: str, asked: str, base: str, collection: str) -> tuple[str, ...]:
    """Where the resource of a Location may be, on the server that we ask, likeliest first.

    ``collection`` is its path there, as ``/tmf-api/…/monitor``: a Location with another prefix
    still ends in the id.
    """
    if not location.strip():
        return ()
    api = collection.rpartition("/")[0]
    own = on_ours(location, asked, base, api)
    last = _last(location)
    by_id = f"{base}{collection}/{last}" if last.strip(".") else None
    found = [own, by_id]
    return tuple(dict.fromkeys(each for each in found if each and each.strip("/") != base))


def _last(url: str) -> str:
    """The last part of a path; "" if there is none."""
    try:
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""

"""Addresses in answers: where a resource is, where a redirection leads, who may get the token.

RFC 9110 10.2.2 and 15.4: a Location may be relative or absolute. Behind a gateway it may name a
machine that we cannot reach. These are pure functions: they send no requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

MOVED = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}


def segment(id: str) -> str:
    """Encode an id as one path segment: without separators, a query or ``..``."""
    return quote(id, safe="") if id.strip(".") else id.replace(".", "%2E")


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port. ValueError: it is no HTTP address."""
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("no address of the web")
    return parts.scheme, parts.hostname.lower(), parts.port or DEFAULT_PORTS[parts.scheme]


def is_trusted(base: str, url: str) -> bool:
    """Tell whether an address may get the token: the same server, or the same name with TLS."""
    (scheme, host, port), other = origin(base), origin(url)
    return other in ((scheme, host, port), ("https", host, DEFAULT_PORTS["https"]))


@dataclass(frozen=True, slots=True)
class Onward:
    """The next request after a redirection.

    ``method`` is "" if the request was carried out already; then ``url`` has its result.
    """

    method: str
    url: str


def onward(method: str, status: int, asked: str, location: str, base: str) -> Onward | None:
    """Return the next request after a redirection (RFC 9110 15.4); None: do not follow it.

    307 and 308 keep the method. 303 is the answer to a POST, and so are 301 and 302 unless they
    name the same collection elsewhere. Another server gets only GET, and never after a change from
    TLS to plain HTTP.
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
    """Map an address in an answer to the server that we ask; None: it is no address of the API.

    Behind a gateway a server may use its internal name: only the path from ``api`` on counts.
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
    """Return the possible addresses of a Location's resource on our server, likeliest first.

    ``collection`` is the resource's path on that server, such as ``/tmf-api/…/monitor``: a Location
    with another prefix still ends in the id.
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
    """Return the last segment of a path; "" if there is none."""
    try:
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""

"""ASGI middleware before all pages: client address, host, cross-site requests, security headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivr.web.guard import Hosts

OWN_HEADER = "x-desk"
"""A header that only our script sends. A form of another page cannot send it."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "microphone=(self), publickey-credentials-get=(self), publickey-credentials-create=(self),"
        " camera=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), midi=()"
    ),
}
KEEPS_NOTHING = "no-store"
"""Pages have personal data: no browser and no proxy keeps them."""
TRANSPORT_SECURITY = "max-age=31536000"
POLICY_VIOLATION = 1008
"""Close code of RFC 6455."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Proxies:
    """The reverse proxies whose ``X-Forwarded-…`` headers are believed."""

    networks: Sequence[Network] = ()

    @classmethod
    def of(cls, setting: str) -> Proxies:
        """Read addresses and networks, joined by commas."""
        parts = filter(None, (part.strip() for part in setting.split(",")))
        return cls(tuple(ipaddress.ip_network(part, strict=False) for part in parts))

    def trust(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)

    def see(self, peer: tuple[str, str], headers: Headers) -> tuple[str, str]:
        """Return the client's address and the scheme of a request of ``peer``, which has both.

        The address is the last one in ``X-Forwarded-For`` that is no proxy's.
        """
        address, scheme = peer
        if not self.trust(address):
            return peer
        for each in reversed(headers.get("x-forwarded-for", "").split(",")):
            if not (named := _address(each.strip())):
                break
            address = named
            if not self.trust(named):
                break
        said = headers.get("x-forwarded-proto", "").strip().lower()
        return address, said if said in ("http", "https") else scheme


NO_PROXIES = Proxies()


@dataclass(frozen=True, slots=True)
class Shield:
    """Passes to ``app`` only requests for our own names, and of our own pages if they change
    anything."""

    app: ASGIApp
    hosts: Hosts
    refuse: Callable[[HTTPStatus], ASGIApp]
    """Return an application that answers with the page of an error."""
    proxies: Proxies = NO_PROXIES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        client = scope.get("client") or ("", 0)
        is_safe = scope["scheme"] in ("https", "wss")
        address, scheme = self.proxies.see((client[0], "https" if is_safe else "http"), headers)
        scope = {**scope, "client": (address, client[1])}
        if scope["type"] == "http":
            scope["scheme"] = scheme
            send = with_headers(send, scheme)
        else:
            scope["scheme"] = "wss" if scheme == "https" else "ws"
        app, refused = self.app, self._refused(scope, headers)
        if refused and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        await (self.refuse(refused) if refused else app)(scope, receive, send)

    def _refused(self, scope: Scope, headers: Headers) -> HTTPStatus | None:
        """Return the status of a request that may not pass."""
        if not self.hosts.knows(headers.get("host", "")):
            return HTTPStatus.MISDIRECTED_REQUEST
        if scope["type"] == "websocket":
            return None if _is_same_origin(headers) else HTTPStatus.FORBIDDEN
        if scope["method"] in SAFE or is_own_request(headers):
            return None
        return HTTPStatus.FORBIDDEN


def is_own_request(headers: Headers) -> bool:
    """Whether a request that changes something comes from a script of our own page.

    Browsers send ``Sec-Fetch-Site`` to https and localhost, and ``Origin`` with every POST.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    if site is None and "origin" not in headers:
        return False
    return _is_same_origin(headers, if_missing=True) and headers.get(OWN_HEADER) == "1"


def _is_same_origin(headers: Headers, *, if_missing: bool = False) -> bool:
    origin = headers.get("origin")
    if origin is None:
        return if_missing
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def with_headers(send: Send, scheme: str) -> Send:
    """Return a ``send`` that adds the security headers."""

    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if "cache-control" not in headers:
                headers["cache-control"] = KEEPS_NOTHING
            if scheme == "https":
                headers["strict-transport-security"] = TRANSPORT_SECURITY
        await send(message)

    return send_with


def _address(text: str) -> str:
    """Return an address without its port; empty: it is none."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return ""

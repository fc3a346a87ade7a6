"""A guard before each HTTP application: checks the ``Host`` and the size of a request.

A foreign web page can make a browser send requests to this machine if the page's name resolves to
this machine's address (DNS rebinding). Such a request has the foreign name as its ``Host``. So a
server that changes anything, or tells anything about subscribers, accepts only its own names.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names and addresses under which a server may be requested."""

    names: frozenset[str]
    takes_addresses: bool
    """The server listens on all addresses of the machine, so that any address may be its own."""

    @classmethod
    def of(cls, bind: str, url: str = "") -> Hosts:
        """Return the names of a server that listens at ``bind`` and that others know by ``url``."""
        known = urlsplit(url).hostname or bind
        return cls(LOCAL | {bind.lower(), known.lower()}, _is_any(bind))

    def knows(self, header: str) -> bool:
        """Whether a ``Host`` is one of them, with any port."""
        try:
            found = urlsplit(f"//{header}")
            name = (found.hostname or "").removesuffix(".")
            if found.path or found.query or found.fragment or "@" in header or found.port == 0:
                return False
        except ValueError:
            return False
        return name in self.names or (self.takes_addresses and _is_address(name))


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware that passes only complete and allowed requests to ``app``."""

    app: ASGIApp
    largest: int
    """Longest body in bytes."""
    hosts: Hosts | None = None
    """None: any name is allowed."""
    refuse: Callable[[HTTPStatus], ASGIApp] | None = None
    """Return an application that refuses with a page; None: with a line of text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self.hosts and not self.hosts.knows(headers.get(b"host", b"").decode("latin-1")):
            why = "use an address or a name that the settings give to this server"
            await self._refused(HTTPStatus.MISDIRECTED_REQUEST, why)(scope, receive, send)
            return
        body = await self._body(receive, headers.get(b"content-length", b"0"))
        if isinstance(body, HTTPStatus):
            why = f"a body may have at most {self.largest} bytes: send less"
            await self._refused(body, why)(scope, receive, send)
        elif body is not None:
            await self.app(scope, _given(body, receive), send)

    def _refused(self, status: HTTPStatus, why: str) -> ASGIApp:
        if self.refuse is not None:
            return self.refuse(status)
        return PlainTextResponse(f"{status.phrase}: {why}", status.value)

    async def _body(self, receive: Receive, said: bytes) -> bytes | HTTPStatus | None:
        """Return the whole body, or the status that refuses it; None: the peer has disconnected."""
        if not said.isdigit() or int(said[:20]) > self.largest:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        taken = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            taken += message.get("body", b"")
            if len(taken) > self.largest:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            if not message.get("more_body", False):
                return bytes(taken)


def _given(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that yields the body that was already read, then further messages."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


def _is_any(bind: str) -> bool:
    return _is_address(bind) and ipaddress.ip_address(bind).is_unspecified


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

"""What stands before each HTTP application: whose name a request is for, and how large it may be.

A browser can be brought to send requests to this machine by a page of another's, whose name is
made to lead here (DNS rebinding). Such a request has that name as its ``Host``. A server that does
anything, or tells anything of subscribers, therefore takes its own name only.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names and addresses that a server is asked by."""

    names: frozenset[str]
    takes_addresses: bool
    """It listens on all addresses of the machine: any address may be one of its own."""

    @classmethod
    def of(cls, bind: str, url: str = "") -> Hosts:
        """Those of a server that listens at ``bind``, and that others know by ``url``."""
        known = urlsplit(url).hostname or bind
        return cls(LOCAL | {bind.lower(), known.lower()}, _is_any(bind))

    def knows(self, header: str) -> bool:
        """Whether a ``Host`` is one of them, with whatever port."""
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
    """An ASGI application before another one, which is given whole requests only."""

    app: ASGIApp
    largest: int
    """Bytes of a body."""
    hosts: Hosts | None = None
    """None: asked by any name."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self.hosts and not self.hosts.knows(headers.get(b"host", b"").decode("latin-1")):
            why = "ask by an address or a name that the settings give to this server"
            await _refuse(HTTPStatus.MISDIRECTED_REQUEST, why)(scope, receive, send)
            return
        body = await self._body(receive, headers.get(b"content-length", b"0"))
        if isinstance(body, HTTPStatus):
            why = f"a body has at most {self.largest} bytes here: send less"
            await _refuse(body, why)(scope, receive, send)
        elif body is not None:
            await self.app(scope, _given(body, receive), send)

    async def _body(self, receive: Receive, said: bytes) -> bytes | HTTPStatus | None:
        """The whole body, or the status that refuses it; None: the peer is gone."""
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


def _refuse(status: HTTPStatus, why: str) -> PlainTextResponse:
    return PlainTextResponse(f"{status.phrase}: {why}", status.value)


def _given(body: bytes, receive: Receive) -> Receive:
    """Gives a body that has been read already, then what comes after it."""
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

"""One HTTP request to an ASGI application, with nothing between that would mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import Message, Scope

from tests.fuzz.faults import SECONDS

Headers = Iterable[tuple[bytes, bytes]]
JSON = ((b"content-type", b"application/json"),)


@dataclass(frozen=True)
class Request:
    """A request as it comes over the wire, its body in the parts in which it arrives."""

    method: str
    path: bytes
    query: bytes = b""
    body: tuple[bytes, ...] = (b"",)
    headers: Headers = JSON


@dataclass
class Asking:
    """Asks applications in an event loop of its own; what they raise is raised here."""

    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(self, app: Any, request: Request) -> tuple[int, bytes]:
        """Status and body of the answer. TimeoutError: it hangs."""
        return self.runner.run(asyncio.wait_for(_answer(app, request), SECONDS))

    def close(self) -> None:
        self.runner.close()


async def _answer(app: Any, request: Request) -> tuple[int, bytes]:
    incoming = [
        {"type": "http.request", "body": part, "more_body": number < len(request.body)}
        for number, part in enumerate(request.body, 1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), receive, send)
    status = next(each["status"] for each in sent if each["type"] == "http.response.start")
    body = b"".join(each.get("body", b"") for each in sent if each["type"].endswith(".body"))
    return int(status), body


def _scope(request: Request) -> Scope:
    """As uvicorn makes it of a request."""
    path = b"/" + request.path.lstrip(b"/")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "root_path": "",
        "query_string": request.query,
        "headers": [(name.lower(), value) for name, value in request.headers],
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", 80),
    }

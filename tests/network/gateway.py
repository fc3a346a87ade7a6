"""A gateway before a simulated operator, which a test holds in its hands.

It answers what switches something with a fault, at once, and passes it on when it is told to;
readers do not see what is there before they are told to.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.network.world import TOKEN, Simulated

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
RESET, SILENT = "reset", "silent"
Fault = int | str


@dataclass
class Gateway:
    """``fault`` is a status, ``reset``, or ``silent``; None: it passes everything on."""

    operator: Simulated
    fault: Fault | None = None
    is_behind: bool = False
    """Readers are behind: they see nothing."""
    posts: list[str] = field(default_factory=list)
    """External ids of what came, each time."""
    held: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0
    ends: threading.Event = field(default_factory=threading.Event)

    def deliver(self) -> None:
        """Pass on what was held: the system behind does it now."""
        while self.held:
            path, body = self.held.pop(0)
            assert self.ask("POST", path, body)[0] in (201, 409)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        url = f"http://127.0.0.1:{self.operator.port}{path}"
        with httpx.Client(trust_env=False, headers=HEADERS) as client:
            reply = client.request(method, url, content=body)
            return reply.status_code, reply.content


@contextmanager
def gateway(operator: Simulated) -> Iterator[Gateway]:
    made = Gateway(operator)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if not made.is_behind:
                self.says(*made.ask("GET", self.path))
            elif "?" in self.path:
                self.says(200, b"[]")
            else:
                self.says(404, b"{}")

        def do_PATCH(self) -> None:
            self.says(*made.ask("PATCH", self.path, self.body()))

        def do_POST(self) -> None:
            body = self.body()
            made.posts.append(external_id(json.loads(body)))
            if made.fault is None:
                self.says(*made.ask("POST", self.path, body))
                return
            made.held.append((self.path, body))
            if made.fault == SILENT:
                made.ends.wait(20)
            elif made.fault != RESET:
                self.says(int(made.fault), b"{}")
            self.close_connection = True

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def says(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.ends.set()
        server.shutdown()
        thread.join()
        server.server_close()


def external_id(body: Any) -> str:
    """Of an order, of a service's order item, or of a ticket."""
    items = body.get("serviceOrderItem") or [{}]
    return str(body.get("externalId") or items[0].get("serviceOrderId"))

"""What the operator's network, or whoever is in its place, can answer over HTTP."""

from __future__ import annotations

import atexit
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from ivr.domain.services import SUSPENSION, Change
from ivr.errors import TemporarilyUnavailable
from ivr.network.activation import ActivationNetwork
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.billing import TmForumBills
from ivr.network.http_client import HttpClient
from ivr.network.listener import register
from ivr.network.offers import TmForumOffers
from ivr.network.tmforum import TmForumNetwork
from ivr.system.breaker import Breaker
from tests.fuzz.faults import SECONDS
from tests.network.world import FORWARDING, LAST_MONTH, MMS, NUMBER, order

STATUSES = (200, 201, 202, 204, 301, 400, 404, 409, 422, 500, 503)
SUSPENDED = order("c:2", Change(SUSPENSION, True))
SET = order("c:1", Change(MMS, True), Change(FORWARDING, True, (("number", "99365123457"),)))
PATIENCE = 0.3


@dataclass
class Answering:
    """A server that says the same to everybody."""

    said: bytes = b""
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def run(self) -> None:
        """Until the listener is closed."""
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            with link, suppress(OSError):
                link.settimeout(SECONDS)
                asked = b""
                while b"\r\n\r\n" not in asked and (part := link.recv(65536)):
                    asked += part
                link.sendall(self.said)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@cache
def _answering() -> tuple[Answering, HttpClient]:
    server = Answering()
    threading.Thread(target=server.run, daemon=True).start()
    atexit.register(server.close)
    port = server.listener.getsockname()[1]
    wire = HttpClient("network", f"http://127.0.0.1:{port}", sleep=lambda _seconds: None)
    atexit.register(wire.close)
    return server, wire


def network(data: bytes) -> None:
    """A body with a status and the address of a monitor; or bytes of any kind."""
    status, location, body = STATUSES[sum(data[:1]) % len(STATUSES)], data[1:20], data[1:]
    head = b"HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n" % (status, len(body))
    where = location.replace(b"\r", b"").replace(b"\n", b"")
    ask(head + b"Location: " + where + b"\r\n\r\n" + body)
    ask(data)


def ask(said: bytes) -> None:
    """Everything that the line asks for, answered the same."""
    server, wire = _answering()
    server.said = said
    orders = TmForumNetwork(wire, PATIENCE, lambda _seconds: None)
    services = ActivationNetwork(wire, PATIENCE, lambda _seconds: None)
    questions: tuple[Callable[[], object], ...] = (
        lambda: orders.carry_out(SET),
        lambda: orders.carry_out(SUSPENDED),
        lambda: orders.outcome(SET),
        lambda: orders.cancel(SET),
        lambda: services.carry_out(SET),
        lambda: services.outcome(SET),
        lambda: TmForumBills(wire, PATIENCE).bill(NUMBER, LAST_MONTH),
        lambda: TmForumOffers(wire, PATIENCE).offers(),
        lambda: TmForumBackOffice(wire, PATIENCE).request("c:1", "a", (NUMBER,), "b"),
        lambda: register(wire, "http://127.0.0.1:1"),
    )
    for question in questions:
        wire.breaker = Breaker()
        with suppress(TemporarilyUnavailable):
            question()

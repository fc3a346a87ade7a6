"""Redirections and headers over real sockets: the token goes to the network alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ivr.domain.orders import NetworkAnswer, NotSettled, Sent
from ivr.domain.services import SUSPENSION, Change
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.network.http_client import HOPS, HttpClient
from ivr.network.tmforum import TmForumNetwork
from ivr.processes.network import habits
from ivr.simulators.network.habit import Habit
from tests.network.world import TLS, order

FOUND = b'[{"id": "1", "externalId": "c:1", "state": "completed", "productSerialNumber": null}]'
SECRET = "Bearer the-token"


@dataclass
class Server:
    """Says where to go, or what it has; and keeps what it was asked."""

    goes: str = ""
    status: int = 307
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving() -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made.asked.append((self.command, self.path, dict(self.headers)))
            said = b"" if made.goes else FOUND
            self.send_response(made.status if made.goes else 200)
            if made.goes:
                self.send_header("Location", made.goes)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_PATCH = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.port = server.server_address[1]
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def network() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def other() -> Iterator[Server]:
    with serving() as made:
        yield made


@contextmanager
def asking(network: Server) -> Iterator[TmForumNetwork]:
    wire = HttpClient("network", network.url, "the-token", tls=TLS, sleep=lambda _seconds: None)
    try:
        yield TmForumNetwork(wire, 2.0, lambda _seconds: None)
    finally:
        wire.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_to_another_server_goes_a_question_without_our_token(
    network: Server, other: Server, status: int
) -> None:
    network.goes, network.status = f"{other.url}/there?externalId=c:1", status
    with asking(network) as client:
        assert client.outcome(order("c:1")) is NetworkAnswer.DONE
    (method, path, headers) = other.asked[0]
    assert (method, path) == ("GET", "/there?externalId=c:1")
    assert "Authorization" not in headers
    assert network.asked[0][2]["Authorization"] == SECRET


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_to_another_server_no_order_goes(network: Server, other: Server, status: int) -> None:
    network.goes = f"{other.url}/tmf-api/serviceOrdering/v4/serviceOrder"
    network.status = status
    with asking(network) as client, pytest.raises(NotSettled, match="an unknown server") as error:
        client.carry_out(order("c:1"))
    assert error.value.sent is Sent.NOT
    assert other.asked == []
    assert len(network.asked) == 1, "it is not asked again and again"


def test_a_circle_ends(network: Server) -> None:
    network.goes = "/again"
    with asking(network) as client, pytest.raises(NotSettled, match="circle"):
        client.carry_out(order("c:1", tries=1))
    assert len(network.asked) == HOPS + 1


def test_every_request_says_that_it_takes_json(network: Server) -> None:
    with asking(network) as client:
        client.carry_out(order("c:1", tries=1))
        for asked in (order("c:2"), order("c:3", Change(SUSPENSION, True))):
            with suppress(TemporarilyUnavailable):
                client.carry_out(asked)
    assert {method for method, _, _ in network.asked} >= {"GET", "POST"}
    assert {headers["Accept"] for _, _, headers in network.asked} == {"application/json"}


def test_habits_are_a_setting() -> None:

    assert habits(" nulls; capitals ;") == {Habit.NULLS, Habit.CAPITALS}
    assert habits("") == frozenset()
    with pytest.raises(Unusable, match=r"IVR_NETWORK_MOODS: .*'loud'.* nulls, capitals"):
        habits("nulls;loud")

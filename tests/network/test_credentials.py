"""Tokens by OAuth 2 and certificates of clients, against servers that ask for them."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest
from structlog.testing import capture_logs

from ivr.domain.orders import NetworkAnswer, NotSettled, Sent
from ivr.network.credentials import EARLY, ClientCredentials
from ivr.network.http_client import HttpClient
from ivr.network.tmforum import TmForumNetwork
from tests.network.world import MMS, NUMBER, Simulated, order

CLIENT, SECRET = "ivr:0890", "p&ss wörd:+/="


@dataclass
class TokenServer:
    """Gives out tokens, each another, and tells the simulated network which one it takes."""

    operator: Simulated
    life: Any = 3600
    answer: tuple[int, bytes] | None = None
    takes_basic: bool = True
    port: int = 0
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/oauth/token"

    def says(self, headers: Any, form: dict[str, list[str]]) -> tuple[int, bytes]:
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        basic = headers.get("Authorization", "").removeprefix("Basic ")
        pair = base64.b64decode(basic).decode().partition(":") if basic else ("", "", "")
        given = (unquote_plus(pair[0]), unquote_plus(pair[2]))
        if not self.takes_basic:
            given = (form.get("client_id", [""])[0], form.get("client_secret", [""])[0])
        if given != (CLIENT, SECRET) or form["grant_type"] != ["client_credentials"]:
            return 401, b'{"error": "invalid_client", "error_description": "%s"}' % b"no"
        self.operator.world.token = f"token-{next(self._numbers)}"
        life = "" if self.life is None else f', "expires_in": {self.life}'
        token = self.operator.world.token
        return 200, f'{{"access_token": "{token}", "token_type": "Bearer"{life}}}'.encode()


@pytest.fixture
def tokens(operator: Simulated) -> Iterator[TokenServer]:
    made = TokenServer(operator)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, said = made.says(self.headers, parse_qs(body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        made.port = port
        yield made


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asking(operator: Simulated, credentials: ClientCredentials) -> Iterator[TmForumNetwork]:
    wire = HttpClient("network", f"http://127.0.0.1:{operator.port}", credentials=credentials)
    try:
        yield TmForumNetwork(wire, 3.0)
    finally:
        wire.close()


def credentials(tokens: TokenServer, **given: Any) -> ClientCredentials:
    return ClientCredentials(tokens.url, CLIENT, SECRET, **given)


def test_a_token_is_fetched_once_and_kept(operator: Simulated, tokens: TokenServer) -> None:
    with asking(operator, credentials(tokens, scope="orders bills")) as network:
        for key in ("c:1", "c:2"):
            assert network.carry_out(order(key)) is NetworkAnswer.DONE
    assert [form["scope"] for form in tokens.asked] == [["orders bills"]]


def test_many_at_once_fetch_one_token(operator: Simulated, tokens: TokenServer) -> None:
    shown = credentials(tokens)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: shown.token(), range(16))) == {"token-1"}
    assert len(tokens.asked) == 1
    assert operator.world.token == "token-1"


@pytest.mark.parametrize(
    ("life", "lasts"),
    [(3600, 3600 - EARLY), ("3600", 3600 - EARLY), ('"60"', 30), (10, 5), (None, 270), ("-1", 270)],
)
def test_a_token_is_renewed_before_it_ends(tokens: TokenServer, life: Any, lasts: float) -> None:
    now = 1000.0
    tokens.life = life
    shown = credentials(tokens, now=lambda: now)
    assert shown.token() == "token-1"
    now += lasts - 1
    assert shown.token() == "token-1"
    now += 2
    assert shown.token() == "token-2"


def test_a_token_that_is_refused_is_renewed_once(operator: Simulated, tokens: TokenServer) -> None:
    with asking(operator, credentials(tokens)) as network:
        assert network.carry_out(order("c:1")) is NetworkAnswer.DONE
        operator.world.token = "revoked, every token that was given out"
        assert network.carry_out(order("c:2")) is NetworkAnswer.DONE
        assert (len(tokens.asked), operator.state.times(NUMBER, MMS)) == (2, 2)
        tokens.operator = operator
        tokens.answer = 200, b'{"access_token": "of-another"}'
        operator.world.token = "revoked again"
        with pytest.raises(NotSettled, match="refuses our token") as error:
            network.carry_out(order("c:3"))
        assert (error.value.sent, len(tokens.asked)) == (Sent.NOT, 3)
    assert operator.state.orders("c:3") == []


def test_a_server_that_takes_no_basic_authentication(
    operator: Simulated, tokens: TokenServer
) -> None:
    tokens.takes_basic = False
    with asking(operator, credentials(tokens)) as network:
        assert network.carry_out(order()) is NetworkAnswer.DONE
    assert len(tokens.asked) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, b'{"error": "invalid_client"}'), "401, invalid_client"),
        ((400, b'{"error": "invalid_scope"}'), "400, invalid_scope"),
        ((400, b'{"error": "<script>' + SECRET.encode() + b'"}'), "status 400:"),
        ((500, b"<html>"), "status 500"),
        ((200, b"hello"), "status 200"),
        ((200, b"[]"), "status 200"),
        ((200, b'{"access_token": ""}'), "status 200"),
        ((200, b'{"access_token": "a\\nb: c"}'), "status 200"),
        ((200, b'{"access_token": null}'), "status 200"),
    ],
)
def test_no_token_is_an_outage_in_which_nothing_is_sent(
    operator: Simulated, tokens: TokenServer, answer: tuple[int, bytes], said: str
) -> None:
    tokens.answer = answer
    with (
        capture_logs() as logs,
        asking(operator, credentials(tokens)) as network,
        pytest.raises(NotSettled) as error,
    ):
        network.carry_out(order())
    assert error.value.sent is Sent.NOT
    assert said in str(error.value)
    assert "IVR_NETWORK_OAUTH" in str(error.value)
    for kept in (str(logs), str(error.value), repr(network.wire._credentials)):
        assert SECRET not in kept
        assert "wörd" not in kept


def test_neither_secret_nor_token_is_logged(operator: Simulated, tokens: TokenServer) -> None:
    shown = credentials(tokens)
    with capture_logs() as logs, asking(operator, shown) as network:
        network.carry_out(order())
    assert "a token is fetched" in str(logs)
    for kept in (str(logs), repr(shown)):
        assert SECRET not in kept
        assert "token-1" not in kept


def test_an_endpoint_that_is_not_there(operator: Simulated) -> None:
    shown = ClientCredentials("http://127.0.0.1:1/token", CLIENT, SECRET)
    with asking(operator, shown) as network, pytest.raises(NotSettled, match="endpoint"):
        network.carry_out(order())

"""The relay of browser phones: whose messages reach Asterisk, and when it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from ivr.contacts.seats import SeatService
from ivr.testing.clock import FixedClock
from ivr.testing.contacts import FixedSeatSecrets, MemorySeatLoans
from ivr.web.desk.phone import (
    AWAY,
    ENDED,
    NOT_ALLOWED,
    NOT_LOGGED_IN,
    TAKEN,
    Relay,
    phone_router,
)
from tests.waiting import until
from tests.web.serving import serving, session_of

SIP = Subprotocol("sip")
BYE = (
    "BYE sip:x SIP/2.0\r\nFrom: <sip:{0}@a>;tag=1\r\nTo: <sip:b@a>\r\nCall-ID: 1\r\n"
    "CSeq: 1 BYE\r\n\r\n"
)


@dataclass
class Exchange:
    """Asterisk's websocket: says back what it gets."""

    received: list[str] = field(default_factory=list)
    links: list[ServerConnection] = field(default_factory=list)

    def take(self, link: ServerConnection) -> None:
        self.links.append(link)
        for message in link:
            self.received.append(str(message))
            link.send(f"said {self.received[-1]}")


@dataclass
class Desk:
    """The desk's process: its sessions are known by a header."""

    address: str
    seats: SeatService
    exchange: Exchange

    @contextmanager
    def page(self, session: int, origin: str = "") -> Iterator[ClientConnection]:
        headers = {"Origin": origin or f"http://{self.address}", "X-Session": str(session)}
        with connect(
            f"ws://{self.address}/phone",
            subprotocols=[SIP],
            additional_headers=headers,
            proxy=None,
        ) as page:
            yield page

    def ask(self, method: str, session: int) -> httpx.Response:
        headers = {"X-Session": str(session)} if session else {}
        return httpx.request(method, f"http://{self.address}/phone/seat", headers=headers)


@pytest.fixture
def exchange() -> Iterator[tuple[Exchange, str]]:
    exchange = Exchange()
    with serve(exchange.take, "127.0.0.1", 0, subprotocols=[SIP]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host, port = server.socket.getsockname()
        yield exchange, f"ws://{host}:{port}/ws"
        server.shutdown()
        thread.join()


@pytest.fixture
def desk(exchange: tuple[Exchange, str]) -> Iterator[Desk]:
    seats = SeatService(MemorySeatLoans(), FixedSeatSecrets(2, exchange[1]), FixedClock())
    relay = Relay(seats, look_seconds=0.05)
    with serving(phone_router(relay, session_of)) as address:
        yield Desk(address, seats, exchange[0])


def code_of(page: ClientConnection) -> int:
    """Wait until the other side has closed."""
    with suppress(ConnectionClosed):
        while True:
            page.recv()
    assert page.close_code is not None
    return page.close_code


def test_a_session_gets_a_seat_and_its_password_and_no_cache_keeps_it(desk: Desk) -> None:
    answer = desk.ask("POST", 7)
    assert answer.json() == {"user": "seat-01", "password": "password-1"}
    assert answer.headers["cache-control"] == "no-store"
    assert desk.ask("POST", 7).json() == answer.json()
    assert desk.ask("POST", 8).json()["user"] == "seat-02"
    full = desk.ask("POST", 9)
    assert (full.status_code, full.json()) == (503, {"error": "no-seat"})
    assert desk.ask("DELETE", 7).status_code == 204
    assert desk.ask("POST", 9).json()["user"] == "seat-01"


def test_nobody_gets_a_seat_without_a_session(desk: Desk) -> None:
    answer = desk.ask("POST", 0)
    assert (answer.status_code, answer.headers["cache-control"]) == (401, "no-store")
    with desk.page(0) as page:
        assert code_of(page) == NOT_LOGGED_IN
    assert desk.exchange.links == []


def test_messages_of_the_seat_go_both_ways(desk: Desk) -> None:
    desk.ask("POST", 7)
    message = BYE.format("seat-01")
    with desk.page(7) as page:
        page.send(message)
        assert page.recv() == f"said {message}"
    until(lambda: desk.exchange.links[0].state.name == "CLOSED")


def test_a_message_for_another_seat_ends_it_and_reaches_nobody(desk: Desk) -> None:
    desk.ask("POST", 7)
    with desk.page(7) as page:
        page.send(BYE.format("seat-02"))
        assert code_of(page) == NOT_ALLOWED
    assert desk.exchange.received == []


def test_a_page_that_never_stops_is_closed(desk: Desk) -> None:
    desk.ask("POST", 7)
    with desk.page(7) as page:
        with suppress(ConnectionClosed):
            for _ in range(1000):
                page.send(BYE.format("seat-01"))
        assert code_of(page) == NOT_ALLOWED


def test_it_ends_with_the_loan(desk: Desk) -> None:
    desk.ask("POST", 7)
    with desk.page(7) as page:
        page.send(BYE.format("seat-01"))
        page.recv()
        desk.ask("DELETE", 7)
        assert code_of(page) == ENDED


def test_a_newer_page_of_the_session_takes_it_over(desk: Desk) -> None:
    desk.ask("POST", 7)
    with desk.page(7) as older:
        until(lambda: len(desk.exchange.links) == 1)
        with desk.page(7) as newer:
            assert code_of(older) == TAKEN
            newer.send(BYE.format("seat-01"))
            assert str(newer.recv()).startswith("said BYE")


def test_asterisk_that_ends_it_ends_the_page(desk: Desk) -> None:
    desk.ask("POST", 7)
    with desk.page(7) as page:
        until(lambda: len(desk.exchange.links) == 1)
        desk.exchange.links[0].close()
        assert code_of(page) == AWAY


def test_a_page_of_another_site_is_not_let_in(desk: Desk) -> None:
    desk.ask("POST", 7)
    with pytest.raises(InvalidStatus) as refused, desk.page(7, "http://other.example"):
        pass
    assert refused.value.response.status_code == 403

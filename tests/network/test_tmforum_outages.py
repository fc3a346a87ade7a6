"""The network over TM Forum APIs when it does not answer, or wants a token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from ivr.domain.orders import NetworkAnswer
from ivr.errors import TemporarilyUnavailable
from ivr.network.http_client import HttpClient
from ivr.network.tmforum import TmForumNetwork
from ivr.system.breaker import BreakerState
from tests.network.test_tmforum import carried_out
from tests.network.world import NUMBER, Simulated, again, order
from tests.waiting import pause, until


@contextmanager
def server_that_says(answer: bytes, *, after: float = 0.0) -> Iterator[int]:
    """A server that answers every connection with the same bytes; its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            held.append(link)
            link.recv(65536)
            pause(after)
            if answer:
                link.sendall(answer)
                link.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        for link in held:
            link.close()


@contextmanager
def network_at(port: int, patience: float = 2.0) -> Iterator[TmForumNetwork]:
    wire = HttpClient("network", f"http://127.0.0.1:{port}")
    yield TmForumNetwork(wire, patience)
    wire.close()


class TestOutages:
    def test_nobody_listens(self, operator: Simulated) -> None:
        operator.server.stop()
        with pytest.raises(TemporarilyUnavailable, match="no connection"):
            operator.network().carry_out(order())

    def test_one_that_takes_requests_and_never_answers(self, operator: Simulated) -> None:
        operator.is_in(outage="hang")
        with pytest.raises(TemporarilyUnavailable):
            operator.network(patience=1.0).carry_out(order())

    def test_the_circuit_opens_and_nobody_waits_any_more(self, operator: Simulated) -> None:
        operator.is_in(outage="error")
        network = operator.network(patience=1.0)
        for _ in range(5):
            with pytest.raises(TemporarilyUnavailable):
                network.carry_out(order())
        with pytest.raises(TemporarilyUnavailable, match="next try in some seconds"):
            network.carry_out(order())
        operator.is_in()
        assert until(lambda: carried_out(network, again(order()))) is NetworkAnswer.DONE
        assert network.wire.breaker.state is BreakerState.CLOSED

    def test_billing_that_is_down_does_not_stop_the_network(self, operator: Simulated) -> None:
        operator.is_in(outage="error", down=["billing"])
        assert operator.network().carry_out(order()) is NetworkAnswer.DONE

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{",
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            b"SSH-2.0-OpenSSH\r\n",
        ],
        ids=["not-an-order", "not-json", "cut-off", "moved", "no-such-path", "not-http"],
    )
    def test_an_answer_that_is_none_is_no_answer(self, answer: bytes) -> None:
        with (
            server_that_says(answer) as port,
            network_at(port) as network,
            pytest.raises(TemporarilyUnavailable) as error,
        ):
            network.carry_out(order())
        assert error.value.what == "network"


class TestToken:
    def test_it_is_sent_and_a_wrong_one_is_an_outage_not_a_refusal(
        self, operator: Simulated
    ) -> None:
        operator.world.token = "right-token"
        right = TmForumNetwork(operator.wire(token="right-token"), 2.0)
        assert right.carry_out(order()) is NetworkAnswer.DONE
        wrong = TmForumNetwork(operator.wire(token="wrong-token"), 2.0)
        with pytest.raises(TemporarilyUnavailable, match="token"):
            wrong.carry_out(order("c:2"))

    def test_no_number_and_no_token_is_logged(self, operator: Simulated) -> None:
        operator.world.token = "right-token"
        operator.is_in(refuses=["mms"], refuses_at_once=True)
        with capture_logs() as logs:
            network = TmForumNetwork(operator.wire(token="right-token"), 1.0)
            network.carry_out(order())
            operator.is_in(outage="error")
            with pytest.raises(TemporarilyUnavailable):
                network.carry_out(again(order()))
        assert {log["event"] for log in logs} >= {"an order is refused", "a request has failed"}
        assert NUMBER not in str(logs)
        assert "right-token" not in str(logs)

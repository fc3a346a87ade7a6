"""Peers of every kind: none of them costs another one's call."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.telephony.agi import Agi
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.contracts.telephone_contract import utterance
from tests.telephony.harness import SECONDS, Harness
from tests.telephony.scripted import HEADER, LOCK, FakeAsterisk


def send(harness: Harness, sent: bytes) -> None:
    """Send bytes and nothing more, and read until the server closes the connection."""
    with (
        socket.create_connection(harness.server.address, SECONDS) as peer,
        suppress(ConnectionError),  # closed before it had sent all
    ):
        peer.sendall(sent)
        with suppress(OSError):  # ENOTCONN is no ConnectionError
            peer.shutdown(socket.SHUT_WR)
        while peer.recv(4096):
            pass


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("nothing", b""),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("garbage", bytes(range(256)) * 10),
        ("a megabyte without a line", b"x" * 1_000_000),
        ("a line of a megabyte", b"agi_request: " + b"x" * 1_000_000 + b"\n\n"),
        ("a header cut short", HEADER[:30]),
        ("a reply of a megabyte", HEADER + b"200 result=" + b"1" * 1_000_000 + b"\n"),
        ("a reply without code", HEADER + b"hello\n"),
        ("hang-ups without end", HEADER + b"HANGUP\n" * 10_000),
    ],
)
def test_a_strange_peer_costs_its_own_connection_only(
    harness: Harness, name: str, sent: bytes
) -> None:
    send(harness, sent)
    assert harness.dial()["IVR_DONE"] == "1"


@pytest.mark.parametrize("line", [b"HANGUP\n", b"520-usage\n"])
def test_a_peer_that_never_ends_its_reply_holds_nobody_up(harness: Harness, line: bytes) -> None:
    with harness.ring("5") as other, socket.create_connection(harness.server.address) as peer:
        harness.waits(1)
        with suppress(ConnectionError):
            peer.sendall(HEADER)
            while True:
                peer.sendall(1000 * line)
        harness.release.set()
        assert other.ended.wait(SECONDS)
    assert other.variables["IVR_DONE"] == "1"


def test_a_peer_that_answers_before_it_is_asked_holds_nobody_up() -> None:
    begun = threading.Event()

    def answer(session: AgiSession) -> None:
        while (key := session.telephone.ask_key([utterance()], 5)) != "5":
            if key:
                begun.set()
        session.set("IVR_DONE", "1")

    def flood(peer: socket.socket) -> None:
        with suppress(OSError):
            while True:
                peer.sendall(1000 * b"200 result=49 endpos=1\n")

    def read(peer: socket.socket) -> None:
        while peer.recv(65536):
            pass

    server = LineServer("127.0.0.1:0", 2, answer, print, lock=LOCK)
    server.start()
    with socket.create_connection(server.address) as peer:
        peer.sendall(HEADER)
        threads = [threading.Thread(target=work, args=(peer,)) for work in (flood, read)]
        for thread in threads:
            thread.start()
        assert begun.wait(SECONDS)
        with FakeAsterisk("5", server=server.address) as asterisk:
            assert asterisk.ended.wait(SECONDS)
        server.close()
        for thread in threads:
            thread.join()
    assert asterisk.variables["IVR_DONE"] == "1"


def test_slow_and_silent_peers_hold_nobody_up(harness: Harness) -> None:
    with socket.create_connection(harness.server.address, SECONDS) as slow:
        slow.sendall(b"agi_req")
        assert harness.dial()["IVR_DONE"] == "1"
    assert harness.dial()["IVR_DONE"] == "1"


@pytest.mark.parametrize("sent", [b"", b"agi_req", HEADER[:-1]])
def test_a_peer_that_does_not_finish_its_header_is_closed_in_time(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("ivr.telephony.server.Agi", partial(Agi, header_seconds=0.1))
    with socket.create_connection(harness.server.address, SECONDS) as slow:
        slow.sendall(sent)
        assert slow.recv(1) == b""
    monkeypatch.undo()  # the next one has its time
    assert harness.dial()["IVR_DONE"] == "1"


def test_silent_peers_over_the_bound_do_not_keep_others_from_being_told(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.telephony.server.Agi", partial(Agi, header_seconds=0.5))
    with harness.ring("5"), harness.ring("5"), ExitStack() as silent:
        harness.waits(2)
        for _ in range(10):
            silent.enter_context(socket.create_connection(harness.server.address, SECONDS))
        assert harness.dial()["IVR_NEXT"] == "busy"
        harness.release.set()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_can_bring_it_down(harness: Harness, garbage: bytes, after_header: bool) -> None:
    send(harness, (HEADER if after_header else b"") + garbage)
    assert harness.dial().get("IVR_DONE") == "1"

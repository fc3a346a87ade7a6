"""Who may call what, asked on the wire, message by message."""

from __future__ import annotations

import re
import socket
import uuid
from collections.abc import Iterator

import pytest

from ivr.settings import host_port
from tests.e2e.line import RunningLine

SECONDS = 5.0


class Peer:
    """Somebody on the network who speaks SIP by hand."""

    def __init__(self, line: RunningLine, address: str = "127.0.0.1") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(SECONDS)
        self._to = host_port(line.settings.sip_bind)
        self.host, self.port = self._socket.getsockname()
        self._id = uuid.uuid4().hex
        self._branch = f"z9hG4bK{uuid.uuid4().hex}"

    def send(self, method: str, user: str, body: str = "", extra: str = "", tag: str = "") -> None:
        host, port = self._to
        kind = "Content-Type: application/sdp\r\n" if body else ""
        number = "1 ACK" if method == "ACK" else f"1 {method}"
        self._socket.sendto(
            (
                f"{method} sip:{user}@{host}:{port} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {self.host}:{self.port};branch={self._branch}\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:99361000000@{self.host}>;tag=a\r\n"
                f"To: <sip:{user}@{host}>{tag}\r\nCall-ID: {self._id}\r\nCSeq: {number}\r\n"
                f"Contact: <sip:99361000000@{self.host}:{self.port}>\r\n{extra}{kind}"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode(),
            self._to,
        )

    def answer(self) -> tuple[int, str]:
        """Status and text of the first final answer; what was refused is acknowledged."""
        while True:
            text = self._socket.recv(65_535).decode()
            status = int(text.split()[1])
            if status >= 200:
                return status, text

    def invite(self, number: str, media: str = "127.0.0.1") -> tuple[int, str]:
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {media}\r\ns=-\r\nc=IN IP4 {media}\r\nt=0 0\r\n"
            "m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        )
        self.send("INVITE", number, body)
        status, text = self.answer()
        found = re.search(r"^To:.*?(;tag=\S+)", text, re.M)
        self.send("ACK", number, tag=found.group(1) if found else "")
        if status == 200:
            self._branch += "bye"
            self.send("BYE", number, tag=found.group(1) if found else "", extra="")
        return status, text

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def peer(line: RunningLine) -> Iterator[Peer]:
    peer = Peer(line)
    yield peer
    peer.close()


@pytest.mark.parametrize("number", ["0890", "66300890", "99366300890", "+99366300890"])
def test_the_line_s_own_numbers_are_answered(peer: Peer, number: str) -> None:
    assert peer.invite(number)[0] == 200


@pytest.mark.parametrize(
    "number",
    [
        *("0", "112", "08900", "99366300891", "61234567", "+79161234567", "0079161234567", "*97"),
        *("s", "call", "agents", "say", "line", "h", "i", "t", "agent1", "a b", "0890@from-agents"),
    ],
)
def test_any_other_number_is_not_found(peer: Peer, number: str) -> None:
    assert peer.invite(number.replace(" ", "%20").replace("@", "%40"))[0] == 404


def test_media_stays_on_the_configured_address(peer: Peer) -> None:
    status, text = peer.invite("0890")
    assert status == 200
    sdp = text.partition("\r\n\r\n")[2]
    assert set(re.findall(r"IN IP4 (\S+)", sdp)) == {"127.0.0.1"}
    assert "candidate" not in sdp


def test_calls_from_an_address_that_is_no_trunk_are_refused(line: RunningLine) -> None:
    stranger = Peer(line, "127.0.0.9")
    try:
        assert stranger.invite("0890")[0] in (401, 403)
    finally:
        stranger.close()


@pytest.mark.parametrize("user", ["agent1", "trunk", "nobody"])
def test_nobody_registers_without_the_password(peer: Peer, user: str) -> None:
    peer.send("REGISTER", user)
    assert peer.answer()[0] in (401, 403, 404)


@pytest.mark.parametrize("method", ["OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH"])
def test_nothing_else_is_done_for_a_caller(peer: Peer, method: str) -> None:
    """A message, a subscription, a transfer to somewhere else: none is taken."""
    peer.send(method, "0890", extra="Refer-To: <sip:112@127.0.0.1>\r\nEvent: presence\r\n")
    status, _ = peer.answer()
    assert status >= 400 or method == "OPTIONS"

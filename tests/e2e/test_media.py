"""A call whose other side is gone ends, and no other: what Asterisk takes for a sign of life."""

from __future__ import annotations

import shutil
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from ivr.telephony.lock import PortLock
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine
from tests.e2e.peer import Answer, Peer
from tests.e2e.test_bad_days import asterisk_alone

MEDIA_SECONDS = 5
"""The shortest that there is; 30 in production."""
PATIENCE_SECONDS = 30.0
PCMA, COMFORT_NOISE, EVENT = 8, 13, 101
RECEIVER_REPORT = struct.pack("!BBHI", 0x80, 201, 1, 7)


@dataclass
class Caller:
    """Sends a packet of a kind every few beats."""

    kind: str
    every: int
    peer: Peer
    direction: str = "sendrecv"
    media: socket.socket = field(init=False)
    to: tuple[str, int] = field(init=False)
    call: Answer = field(init=False)
    _beats: int = 0

    def ring(self, number: str) -> None:
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind(("127.0.0.1", 0))
        sdp = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.media.getsockname()[1]} RTP/AVP 8 13 101\r\n"
            "a=rtpmap:101 telephone-event/8000\r\n"
            f"a={self.direction}\r\n"
        )
        self.call = self.peer.invite("0890", {"From": f"<sip:{number}@127.0.0.1>;tag=a"}, sdp=sdp)
        assert self.call.status == 200
        port = int(self.call.text.partition("m=audio ")[2].split()[0])
        self.to = ("127.0.0.1", port)

    def beat(self) -> None:
        self._beats += 1
        if self._beats % self.every:
            return
        n = self._beats
        match self.kind:
            case "speech":
                self._rtp(PCMA, n, b"\xd5" * 160)
            case "comfort noise":
                self._rtp(COMFORT_NOISE, n, b"\x40")
            case "keys":
                self._rtp(EVENT, n, struct.pack("!BBH", 1, 0x8A, 160))
            case "reports":
                self.media.sendto(RECEIVER_REPORT, (self.to[0], self.to[1] + 1))

    def _rtp(self, payload: int, number: int, body: bytes) -> None:
        self.media.sendto(
            struct.pack("!BBHII", 0x80, payload, number, number * 8000, 7) + body, self.to
        )


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    """Every caller is asked for a key, for a very long time."""
    folder = short_folder()

    def waits(session: AgiSession) -> None:
        session.telephone.ask_key([], 600.0)

    with asterisk_alone(folder / "home", media_seconds=MEDIA_SECONDS, max_calls=50) as line:
        lock = PortLock.of(line.settings)
        server = LineServer(line.settings.agi_bind, 50, waits, waits, lock=lock)
        server.start()
        yield line
        server.close()
    shutil.rmtree(folder)


def test_who_sends_nothing_is_gone_and_who_sends_anything_is_not(line: RunningLine) -> None:
    """One whose network has lost the BYE comes last: when that call has ended, none of the others
    has. Who suppresses silence sends comfort noise now and then, or at least reports."""
    with ExitStack() as stack:

        def caller(kind: str, every: int, direction: str = "sendrecv") -> Caller:
            peer = stack.enter_context(Peer(line.settings, seconds=PATIENCE_SECONDS))
            found = Caller(kind, every, peer, direction)
            found.ring(line.number())
            stack.callback(found.media.close)
            return found

        alive = [
            caller("speech", 1),
            caller("comfort noise", 3),
            caller("keys", 1),
            caller("nothing", 1, "inactive"),
            caller("nothing", 1, "sendonly"),
            caller("reports", 1),
        ]
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(1.0):
                for each in alive:
                    each.beat()

        thread = threading.Thread(target=beat)
        thread.start()
        try:
            gone = caller("nothing", 1)
            gone.peer.waits_for_bye()
            ended = [(each.kind, each.direction) for each in alive if each.peer.is_hung_up()]
        finally:
            stop.set()
            thread.join()
        assert ended == []

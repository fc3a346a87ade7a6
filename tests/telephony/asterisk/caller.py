"""A phone or trunk that speaks SIP and RTP by hand: any message, any offer, keys in any form."""

from __future__ import annotations

import math
import re
import socket
import struct
import uuid
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from types import TracebackType

import numpy as np
from G722 import G722

from ivr.settings import Settings, host_port
from tests.telephony.asterisk.srtp import Sender
from tests.waiting import pause

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.13 has it as audioop-lts
    import audioop

SECONDS = 5.0
NUMBERS = count(99361000000)
RATE = 8000
FRAME = 0.02
"""Seconds of one packet."""
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
KEYPAD = ("123", "456", "789", "*0#")
EVENTS = "0123456789*#"
"""By their numbers in RFC 4733."""
PCMA, PCMU, G722_TYPE, EVENT = 8, 0, 9, 101

OFFER = """\
v=0
o=- 1 1 IN IP4 {host}
s=-
c=IN IP4 {host}
t=0 0
m=audio {port} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
"""
"""As most phones write it."""
TONES = re.sub("a=.*101 .*\n", "", OFFER).replace(" 101", "")
"""Without telephone-event: keys can be tones only."""


class Caller:
    """One call. Use as a context manager."""

    def __init__(self, settings: Settings, address: str = "127.0.0.1") -> None:
        self._to = host_port(settings.sip_bind)
        self._sip = _bound(address)
        self._sip.settimeout(SECONDS)
        self._rtp = _bound(address)
        self.host, self.port = self._sip.getsockname()
        self.number = str(next(NUMBERS))
        """Of this call, unless its header says another one."""
        self.status = 0
        self.answer = ""
        self._head: dict[str, str] = {}
        self._requests = 0
        self._target = self._branch = ""
        self._sequence, self._timestamp = 1, 1000
        self._media = ("127.0.0.1", 0)
        self._is_secret = False
        self._g722 = G722(16_000, 64_000)

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.status == 200:
            self.ask("BYE")
        self._sip.close()
        self._rtp.close()

    def ring(
        self,
        uri: str = "sip:0890@127.0.0.1",
        offer: str = OFFER,
        fields: Mapping[str, str] | None = None,
        method: str = "INVITE",
    ) -> int:
        """Send a request outside of a call; answers its status. ``offer`` may be empty."""
        tag = uuid.uuid4().hex
        self._head = {
            "From": f"<sip:{self.number}@{self.host}>;tag={tag}",
            "To": f"<{uri}>",
            "Call-ID": tag,
            "Contact": f"<sip:{self.number}@{self.host}:{self.port}>",
            **(fields or {}),
        }
        self._target = uri
        body = offer.format(host=self.host, port=self._rtp.getsockname()[1])
        self.status, self.answer = self._ask(method, body, "application/sdp")
        if method != "INVITE":
            return self.status
        to = re.search(r"^To: (.*)$", self.answer, re.M | re.I)
        self._head["To"] = to[1].strip() if to else self._head["To"]
        if self.status == 200:
            contact = re.search(r"^Contact: <(.*?)>", self.answer, re.M | re.I)
            self._target = contact[1] if contact else uri
            ports = [int(port) for port in re.findall(r"^m=audio (\d+)", self.answer, re.M)]
            self._media = ("127.0.0.1", next(port for port in ports if port))
            self._is_secret = "a=crypto" in offer and "a=crypto" in self.answer
        self._send("ACK", *(() if offer else (self._answered(), "application/sdp")))
        return self.status

    def ask(self, method: str, body: str = "", type: str = "") -> int:
        """A request within the call; answers its status."""
        return self._ask(method, body, type)[0]

    def info(
        self,
        key: str,
        form: str = "Signal={key}\nDuration=160\n",
        kind: str = "application/dtmf-relay",
    ) -> int:
        """A key by SIP INFO, and as much silence in the voice."""
        status = self.ask("INFO", form.format(key=key), kind)
        self.pause(0.16)
        return status

    def pause(self, seconds: float) -> None:
        """Silence, in real time."""
        self.speak(np.zeros(int(RATE * seconds)))

    def event(
        self,
        key: str,
        packets: int = 5,
        *,
        type: int = EVENT,
        ends: Iterable[tuple[int, int]] = ((0, 0), (0, 0), (0, 0)),
        rate: int = RATE,
        tone: bool = False,
    ) -> None:
        """A key by RFC 4733, in real time: so many packets, then the end packets, of which each has
        a sequence number and a timestamp so much later than a right one. ``tone``: the key is in
        the voice, too."""
        step = int(rate * FRAME)
        begin = self._timestamp
        voice = _frames(dual(key, packets * FRAME)) if tone else []
        for number in range(packets):
            self._packet(type, _event(key, step * (number + 1)), begin, marker=number == 0)
            if tone:
                self._timestamp = begin + step * number
                self._packet(PCMA, alaw(voice[number]), self._timestamp)
            pause(FRAME)
        for more, later in ends:
            self._sequence += more
            self._packet(type, _event(key, step * packets, end=True), begin + later)
            pause(FRAME)
        self._timestamp = begin + step * (packets + 3)

    def speak(self, sound: np.ndarray, type: int = PCMA) -> None:
        """Say something, in real time."""
        for frame in _frames(sound):
            self._voice(frame, type)

    def tone(self, key: str, seconds: float = 0.1, type: int = PCMA) -> None:
        """A key as a tone in the voice, with silence around it."""
        silence = np.zeros(int(RATE * 0.06))
        self.speak(np.concatenate([silence, dual(key, seconds)]), type)
        self.speak(silence, type)

    def type_of_service(self) -> int:
        """The DSCP of the next packet of sound."""
        self._rtp.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        self._rtp.settimeout(SECONDS)
        _, ancillary, _, _ = self._rtp.recvmsg(2000, 100)
        return int(ancillary[0][2][0]) >> 2

    def _voice(self, frame: np.ndarray, type: int) -> None:
        match type:
            case 9:
                wide = np.repeat(frame, 2).astype("<i2")
                payload = bytes(self._g722.encode(wide))
            case 0:
                payload = ulaw(frame)
            case _:
                payload = alaw(frame)
        self._packet(type, payload, self._timestamp)
        self._timestamp += int(RATE * FRAME)
        pause(FRAME)

    def _packet(self, type: int, payload: bytes, timestamp: int, *, marker: bool = False) -> None:
        first = type | (0x80 if marker else 0)
        head = struct.pack("!BBHII", 0x80, first, self._sequence & 0xFFFF, timestamp, 0x890)
        self._sequence += 1
        packet = head + payload
        if self._is_secret:
            packet = Sender().protect(packet)
        self._rtp.sendto(packet, self._media)

    def _answered(self) -> str:
        return OFFER.format(host=self.host, port=self._rtp.getsockname()[1])

    def _ask(self, method: str, body: str = "", type: str = "") -> tuple[int, str]:
        self._send(method, body, type)
        while True:
            text = self._sip.recv(65_535).decode("utf-8", "replace")
            status = int(text.split()[1]) if text.startswith("SIP/2.0") else 0
            if status >= 200 and re.search(rf"^CSeq: +{self._requests} {method}", text, re.M):
                return status, text

    def _send(self, method: str, body: str = "", type: str = "") -> None:
        self._requests += method != "ACK"
        branch = f"z9hG4bK{uuid.uuid4().hex}"
        if method == "ACK" and self.status != 200:
            branch = self._branch
        self._branch = branch
        head = {
            "Via": f"SIP/2.0/UDP {self.host}:{self.port};branch={branch}",
            "Max-Forwards": "70",
            "CSeq": f"{self._requests} {method}",
            **self._head,
        }
        if body and "Content-Type" not in head:
            head["Content-Type"] = type
        if method != "INVITE":
            head |= {"Content-Type": type} if body else {}
        data = body.replace("\r\n", "\n").replace("\n", "\r\n").encode()
        lines = [f"{method} {self._target} SIP/2.0", *(f"{k}: {v}" for k, v in head.items())]
        text = "\r\n".join([*lines, f"Content-Length: {len(data)}", "", ""])
        self._sip.sendto(text.encode() + data, self._to)


def dual(key: str, seconds: float, level: float = 0.25) -> np.ndarray:
    """The tone of a key (ITU-T Q.23)."""
    row = next(number for number, keys in enumerate(KEYPAD) if key in keys)
    column = KEYPAD[row].index(key)
    at = np.arange(int(RATE * seconds)) / RATE
    return sum(  # type: ignore[return-value]
        32_767 * level * np.sin(2 * math.pi * hertz * at) for hertz in (ROWS[row], COLUMNS[column])
    )


def alaw(frame: np.ndarray) -> bytes:
    """ITU-T G.711."""
    return audioop.lin2alaw(frame.astype("<i2").tobytes(), 2)


def ulaw(frame: np.ndarray) -> bytes:
    """ITU-T G.711."""
    return audioop.lin2ulaw(frame.astype("<i2").tobytes(), 2)


def _event(key: str, duration: int, *, end: bool = False) -> bytes:
    return struct.pack("!BBH", EVENTS.index(key), (0x80 if end else 0) | 10, duration)


def _frames(sound: np.ndarray) -> Sequence[np.ndarray]:
    size = int(RATE * FRAME)
    return [sound[start : start + size] for start in range(0, len(sound) - size + 1, size)]


def _bound(address: str) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.bind((address, 0))
    return found

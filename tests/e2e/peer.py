"""Somebody on the network who speaks SIP by hand, message by message."""

from __future__ import annotations

import hashlib
import re
import socket
import uuid
from collections.abc import Mapping
from types import TracebackType

from ivr.settings import Settings, host_port

SECONDS = 5.0
MOST_RECEIVED = 100
"""Messages that a phone looks through for a call."""


class Peer:
    """One address. Each message is a dialogue of its own, but for the end of a call."""

    def __init__(
        self, settings: Settings, address: str = "127.0.0.1", seconds: float = SECONDS
    ) -> None:
        """``seconds`` is how long an answer is waited for."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(seconds)
        self._to = host_port(settings.sip_bind)
        self.host, self.port = self._socket.getsockname()

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def ask(
        self,
        method: str,
        user: str | bytes = "0890",
        fields: Mapping[str, str | bytes] | None = None,
        media: str = "",
        sdp: str = "",
    ) -> Answer:
        """Send a request and answer the first final answer to it.

        ``fields`` replaces header fields, or adds them; bytes are sent as they are. ``media`` is
        the address of an INVITE's SDP, or ``sdp`` all of it.
        """
        id = uuid.uuid4().hex
        target = b"sip:" + _bytes(user) + b"@" + ":".join(map(str, self._to)).encode()
        body = (sdp or (SDP.format(media) if media else "")).encode()
        head: dict[str, str | bytes] = {
            "Via": f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{id}",
            "Max-Forwards": "70",
            "From": f"<sip:99361000000@{self.host}>;tag=a",
            "To": b"<" + target + b">",
            "Call-ID": id,
            "CSeq": f"1 {method}",
            "Contact": f"<sip:99361000000@{self.host}:{self.port}>",
            **(fields or {}),
        }
        if body:
            head["Content-Type"] = "application/sdp"
        self._send(method, target, head, body)
        status, text = self._answer(str(head["Call-ID"]))
        found = re.search(r"^To:.*?(;tag=\S+)", text, re.M)
        answer = Answer(self, status, text, target, head, found[1] if found else "")
        if method == "INVITE":
            answer.send("ACK")
        return answer

    def invite(
        self,
        number: str | bytes = "0890",
        fields: Mapping[str, str | bytes] | None = None,
        media: str = "127.0.0.1",
        sdp: str = "",
    ) -> Answer:
        """Call a number."""
        return self.ask("INVITE", number, fields, media, sdp)

    def register(self, name: str, password: str) -> None:
        """Be the phone of an agent, which is rung at this address from now on."""
        fields: dict[str, str | bytes] = {
            "From": f"<sip:{name}@127.0.0.1>;tag=a",
            "To": f"<sip:{name}@127.0.0.1>",
            "Contact": f"<sip:{name}@{self.host}:{self.port}>",
        }
        asked = self.ask("REGISTER", name, fields).text
        realm, nonce, opaque = (
            re.search(rf'{part}="([^"]*)"', asked)[1]  # type: ignore[index]
            for part in ("realm", "nonce", "opaque")
        )
        uri = f"sip:{name}@{':'.join(map(str, self._to))}"
        secret, method = _md5(f"{name}:{realm}:{password}"), _md5(f"REGISTER:{uri}")
        response = _md5(f"{secret}:{nonce}:00000001:c:auth:{method}")
        fields["Authorization"] = (
            f'Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, cnonce="c", nc=00000001, qop=auth, '
            f'opaque="{opaque}"'
        )
        assert self.ask("REGISTER", name, fields).status == 200

    def rung(self) -> dict[str, str]:
        """Wait for a call to this phone; answers the fields of its INVITE."""
        for _ in range(MOST_RECEIVED):
            text = self._socket.recv(65_535).decode()
            lines = text.partition("\r\n\r\n")[0].split("\r\n")
            head = dict(line.split(": ", 1) for line in lines[1:])
            if text.startswith("INVITE"):
                return head
            if text.startswith("OPTIONS"):  # whether it is there
                self.reply(head, "200 OK")
        raise TimeoutError("nobody calls")

    def reply(self, head: Mapping[str, str], status: str, contact: str = "") -> None:
        """Answer an INVITE that was received."""
        lines = [f"SIP/2.0 {status}"]
        lines += [f"{name}: {head[name]}" for name in ("Via", "From", "Call-ID", "CSeq")]
        lines.append(f"To: {head['To']};tag=b")
        lines += [f"Contact: <{contact}>"] if contact else []
        self._socket.sendto("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode(), self._to)

    def received(self) -> tuple[str, dict[str, str]]:
        """Wait for a message; answers its first line and its fields."""
        text = self._socket.recv(65_535).decode("utf-8", "replace")
        first, *lines = text.partition("\r\n\r\n")[0].split("\r\n")
        return first, dict(line.split(": ", 1) for line in lines)

    def is_hung_up(self) -> bool:
        """Whether a BYE has come so far. What else has come is passed over."""
        self._socket.setblocking(False)
        try:
            while not self.received()[0].startswith("BYE"):
                pass
        except BlockingIOError:
            return False
        return True

    def waits_for_bye(self) -> None:
        """TimeoutError: none comes within the seconds of this peer."""
        while not self.received()[0].startswith("BYE"):
            pass

    def hears_nothing(self) -> bool:
        """Whether nothing has come to this address so far."""
        self._socket.setblocking(False)
        try:
            self._socket.recv(65_535)
        except BlockingIOError:
            return True
        return False

    def _send(
        self, method: str, target: bytes, head: Mapping[str, str | bytes], body: bytes = b""
    ) -> None:
        lines = [f"{method} ".encode() + target + b" SIP/2.0"]
        lines += [f"{name}: ".encode() + _bytes(value) for name, value in head.items()]
        lines += [f"Content-Length: {len(body)}".encode(), b"", body]
        self._socket.sendto(b"\r\n".join(lines), self._to)

    def _answer(self, id: str) -> tuple[int, str]:
        while True:
            text = self._socket.recv(65_535).decode("utf-8", "replace")
            status = int(text.split()[1]) if text.startswith("SIP/2.0") else 0
            if status >= 200 and id in text:
                return status, text


class Answer:
    """What a request came to."""

    def __init__(
        self,
        peer: Peer,
        status: int,
        text: str,
        target: bytes,
        head: Mapping[str, str | bytes],
        tag: str,
    ) -> None:
        self.status, self.text, self.tag = status, text, tag
        self._peer, self._target, self._head = peer, target, head

    @property
    def id(self) -> str:
        """The Call-ID."""
        return str(self._head["Call-ID"])

    def send(self, method: str) -> None:
        """A further message of the same call: ``ACK`` or ``BYE``."""
        head = dict(self._head)
        head["To"] = _bytes(head["To"]) + self.tag.encode()
        head["CSeq"] = "1 ACK" if method == "ACK" else f"2 {method}"
        if method != "ACK" or self.status == 200:
            head["Via"] = _bytes(head["Via"]) + method.encode()
        self._peer._send(method, self._target, head)

    def hang_up(self) -> None:
        """End the call, if it was taken."""
        if self.status == 200:
            self.send("BYE")
            self._peer._answer(self.id)


SDP = (
    "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()

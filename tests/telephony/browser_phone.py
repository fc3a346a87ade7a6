"""A browser phone without a browser: SIP over a websocket, by hand. It sends no sound."""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.waiting import until

SDP = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE {mid}
m=audio 9 UDP/TLS/RTP/SAVPF 8
c=IN IP4 127.0.0.1
a=rtcp-mux
a=mid:{mid}
a=sendrecv
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host
a=fingerprint:sha-256 {fingerprint}
a=setup:active
a=rtpmap:8 PCMA/8000
"""
FINGERPRINT = ":".join(f"{byte:02X}" for byte in range(32))


@dataclass
class BrowserPhone:
    """Registers as a seat. Use as a context manager."""

    url: str
    seat: str
    password: str
    answers: str = ""
    """The status with which it answers every call by itself; empty: it rings until told."""
    headers: Mapping[str, str] = field(default_factory=dict)
    invites: list[dict[str, str]] = field(default_factory=list)
    """Fields of the INVITEs, oldest first; ``body`` is the SDP."""
    received: list[str] = field(default_factory=list)
    """First lines of all messages from Asterisk."""
    is_closed: threading.Event = field(default_factory=threading.Event)
    code: int | None = None
    """The close code, once it is closed by the other side."""
    _requests: int = 0

    def __enter__(self) -> BrowserPhone:
        subprotocols = [Subprotocol("sip")]
        self._connecting = connect(
            self.url, subprotocols=subprotocols, additional_headers=self.headers, proxy=None
        )
        self._link: ClientConnection = self._connecting.__enter__()
        self._tag = uuid.uuid4().hex
        self._host = f"{uuid.uuid4().hex[:12]}.invalid"
        self._replies: list[tuple[str, dict[str, str]]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._connecting.__exit__(None, None, None)
        self._thread.join()

    def register(self) -> None:
        """Be the phone of the seat: Asterisk rings it from now on."""
        asked = self._ask("REGISTER")
        realm, nonce, opaque = (
            re.search(rf'{part}="([^"]*)"', asked["www-authenticate"])[1]  # type: ignore[index]
            for part in ("realm", "nonce", "opaque")
        )
        secret, method = _md5(f"{self.seat}:{realm}:{self.password}"), _md5("REGISTER:sip:ivr")
        response = _md5(f"{secret}:{nonce}:00000001:c:auth:{method}")
        answer = self._ask(
            "REGISTER",
            f'Authorization: Digest username="{self.seat}", realm="{realm}", nonce="{nonce}",'
            f' uri="sip:ivr", response="{response}", algorithm=MD5, cnonce="c", nc=00000001,'
            f' qop=auth, opaque="{opaque}"',
        )
        assert answer["first"].startswith("SIP/2.0 200"), answer["first"]

    def rings(self, calls: int = 1) -> dict[str, str]:
        """Wait until so many calls have come; answers the newest."""
        until(lambda: len(self.invites) >= calls, lambda: self.received)
        return self.invites[calls - 1]

    def accept(self, invite: Mapping[str, str]) -> None:
        """Take a call."""
        mid = re.search(r"^a=mid:(\S+)", invite["body"], re.M)
        sdp = SDP.format(mid=mid[1] if mid else "0", fingerprint=FINGERPRINT)
        self._reply(invite, "200 OK", sdp)

    def refuse(self, invite: Mapping[str, str], status: str = "486 Busy Here") -> None:
        """Decline a call."""
        self._reply(invite, status)

    def hang_up(self, invite: Mapping[str, str]) -> None:
        """End a call that was taken."""
        target = invite["contact"].partition("<")[2].partition(">")[0]
        self._send(
            f"BYE {target} SIP/2.0",
            {
                "From": f"{invite['to']};tag={self._tag}",
                "To": invite["from"],
                "Call-ID": invite["call-id"],
                "CSeq": "7 BYE",
                "Max-Forwards": "70",
            },
        )

    def send(self, text: str) -> None:
        """Send anything."""
        self._link.send(text)

    def _ask(self, method: str, *more: str) -> dict[str, str]:
        self._requests += 1
        address = f"<sip:{self.seat}@ivr>"
        fields = {
            "From": f"{address};tag={self._tag}",
            "To": address,
            "Call-ID": self._tag,
            "CSeq": f"{self._requests} {method}",
            "Contact": f"<sip:{self.seat}@{self._host};transport=ws>;expires=600",
            "Max-Forwards": "70",
        }
        seen = len(self._replies)
        self._send(f"{method} sip:ivr SIP/2.0", fields, *more)
        until(lambda: len(self._replies) > seen, lambda: self.received)
        return self._replies[-1][1]

    def _reply(self, invite: Mapping[str, str], status: str, body: str = "") -> None:
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in invite["via"].split("\n"))]
        lines += [f"From: {invite['from']}", f"To: {invite['to']};tag={self._tag}"]
        lines += [f"Call-ID: {invite['call-id']}", f"CSeq: {invite['cseq']}"]
        lines += [f"Contact: <sip:{self.seat}@{self._host};transport=ws>"]
        lines += ["Content-Type: application/sdp"] if body else []
        data = body.replace("\n", "\r\n")
        self._link.send("\r\n".join([*lines, f"Content-Length: {len(data)}", "", data]))

    def _send(self, first: str, fields: Mapping[str, str], *more: str) -> None:
        via = f"Via: SIP/2.0/WS {self._host};branch=z9hG4bK{uuid.uuid4().hex}"
        lines = [first, via, *(f"{name}: {value}" for name, value in fields.items()), *more]
        self._link.send("\r\n".join([*lines, "Content-Length: 0", "", ""]))

    def _read(self) -> None:
        try:
            for message in self._link:
                self._take(message if isinstance(message, str) else message.decode())
        except ConnectionClosed:
            pass
        finally:
            self.code = self._link.close_code
            self.is_closed.set()

    def _take(self, text: str) -> None:
        head, _, body = text.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        self.received.append(first)
        fields = {"first": first, "body": body}
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            known = fields.get(name)
            fields[name] = f"{known}\n{value.strip()}" if known else value.strip()
        method = first.split()[0]
        if first.startswith("SIP/2.0"):
            if " 100 " not in first:
                self._replies.append((first, fields))
        elif method == "INVITE":
            self.invites.append(fields)
            self._reply(fields, self.answers or "180 Ringing")
        elif method == "CANCEL":
            self._reply(fields, "200 OK")
            self._reply(self.invites[-1], "487 Request Terminated")
        elif method != "ACK":
            self._reply(fields, "200 OK")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

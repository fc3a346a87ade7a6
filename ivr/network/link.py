"""A TCP link to a message centre, with optional TLS: sends and receives whole PDUs in time.

The library ``smpplib`` encodes our requests. It does not decode the answers: it fails at unexpected
optional fields, and loses those whose length differs from SMPP 3.4.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from smpplib import exceptions, smpp
from smpplib.client import SimpleSequenceGenerator

from ivr.network.pdu import HEADER, Pdu

DEADLINE = 5.0
"""Limit in seconds for connecting, and for writing a PDU."""
LONGEST_PDU = 65_536


class LinkBroken(Exception):
    """The link is broken, or the data from it is no SMPP."""


BROKEN = (LinkBroken, exceptions.PDUError, OSError, struct.error, ValueError)
"""Errors that end a link."""


@dataclass
class Link:
    """A link to one address. Not thread-safe."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    heard: float = field(default_factory=time.monotonic)
    """Time of the last data from the centre, in seconds of time.monotonic."""
    _numbers: SimpleSequenceGenerator = field(default_factory=SimpleSequenceGenerator)
    _socket: socket.socket | None = None
    _until: float = 0.0

    @property
    def sequence(self) -> int:
        """Return the last sequence number; ``smpplib`` calls this."""
        return int(self._numbers.sequence)

    def next_sequence(self) -> int:
        """Return the sequence number of the next request; ``smpplib`` calls this."""
        return int(self._numbers.next_sequence())

    def connect(self) -> None:
        """Connect. LinkBroken says what is wrong."""
        try:
            plain = socket.create_connection((self.host, self.port), DEADLINE)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            reason = error.strerror or "no answer"
            raise LinkBroken(
                f"{reason} at {self.host}:{self.port}: check the address in IVR_SMSC"
            ) from None
        self._socket = plain
        if self.tls is None:
            return
        try:
            self._socket = self.tls.wrap_socket(plain, server_hostname=self.host)
        except ssl.SSLCertVerificationError as error:
            raise LinkBroken(
                f"its certificate is not trusted ({error.verify_message}): set IVR_SMSC_CA to the"
                " file of the authority that signed it"
            ) from None
        except OSError as error:
            why = getattr(error, "reason", None) or "no answer in time"
            raise LinkBroken(
                f"no TLS at {self.host}:{self.port} ({why}): write smpp:// in IVR_SMSC if it"
                " does not use TLS"
            ) from None

    def say(self, command: str, **fields: Any) -> int:
        """Send a request; return its sequence number."""
        pdu = smpp.make_pdu(command, client=self, **fields)
        self._send(pdu.generate())
        return int(pdu.sequence)

    def answer(self, pdu: Pdu) -> None:
        """Send an answer to a request of the centre."""
        self._send(pdu.raw)

    def has_word(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for data; tell whether there is any."""
        assert self._socket is not None
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return bool(select.select([self._socket], [], [], seconds)[0])

    def next_pdu(self, seconds: float) -> Pdu:
        """Read the next whole PDU. TimeoutError: it does not come within ``seconds``."""
        self._until = time.monotonic() + seconds
        length, command, status, sequence = HEADER.unpack(self._exactly(HEADER.size))
        if not HEADER.size <= length <= LONGEST_PDU:
            raise LinkBroken(
                f"{self.host}:{self.port} does not speak SMPP: check the port in IVR_SMSC, and"
                " whether the message centre requires TLS (smpps://)"
            )
        body = self._exactly(length - HEADER.size)
        self.heard = time.monotonic()
        return Pdu(command, status, sequence, body)

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, data: bytes) -> None:
        assert self._socket is not None
        self._socket.settimeout(DEADLINE)
        self._socket.sendall(data)

    def _exactly(self, size: int) -> bytes:
        assert self._socket is not None
        found = b""
        while len(found) < size:
            rest = self._until - time.monotonic()
            if rest <= 0:
                raise TimeoutError
            self._socket.settimeout(rest)
            part = self._socket.recv(size - len(found))
            if not part:
                raise LinkBroken("it has closed the link")
            found += part
        return found

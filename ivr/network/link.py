"""``smpplib``'s client with its faults mended.

It writes passwords and texts to its log, waits for a PDU without a whole deadline, believes any
length, and gives up a link over an optional field that it does not expect where it stands.
"""

from __future__ import annotations

import logging
import select
import socket
import struct
import time
from typing import Any

from smpplib import client, consts, exceptions, smpp
from smpplib.pdu import extract_command

DEADLINE = 5.0
"""Seconds for connecting, and for writing a PDU."""
LONGEST_PDU = 65_536
BROKEN = (
    exceptions.ConnectionError,
    exceptions.PDUError,
    OSError,
    struct.error,
    ValueError,
    KeyError,
)
"""What the library raises when a link, or what comes over it, is of no use."""


class Link(client.Client):  # type: ignore[misc]  # smpplib has no types
    """The library's client, with deadlines and without a log. For one thread."""

    state: int

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, timeout=DEADLINE, allow_unknown_opt_params=True)
        self.logger = logging.getLogger("ivr.smpp.wire")
        self.logger.disabled = True  # it would show the password, and texts, in hexadecimal
        self.heard = time.monotonic()
        """When the centre was heard last."""
        self._until = 0.0

    def say(self, command: str, **fields: Any) -> int:
        """Send a request; answers its sequence number."""
        pdu = smpp.make_pdu(command, client=self, **fields)
        self._socket.settimeout(DEADLINE)
        self.send_pdu(pdu)
        return int(pdu.sequence)

    def answer(self, request: Any, command: str, status: int = consts.SMPP_ESME_ROK) -> None:
        """Send the response to a request of the centre."""
        pdu = smpp.make_pdu(command, client=self, status=status)
        pdu.sequence = request.sequence
        self._socket.settimeout(DEADLINE)
        self.send_pdu(pdu)

    def has_word(self, seconds: float) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def next_pdu(self, seconds: float) -> Any:
        """The next whole PDU within ``seconds`` (else TimeoutError); None: one of no known kind."""
        self._until = time.monotonic() + seconds
        size = self._recv_exact(4)
        raw = size + self._recv_exact(struct.unpack(">L", size)[0] - 4)
        self.heard = time.monotonic()
        pdu = self._parsed(raw)
        if pdu is not None and pdu.status == consts.SMPP_ESME_ROK:
            self.state = consts.STATE_SETTERS.get(pdu.command, self.state)
        return pdu

    def _parsed(self, raw: bytes) -> Any:
        try:
            return smpp.parse_pdu(raw, client=self, allow_unknown_opt_params=True)
        except exceptions.UnknownCommandError:
            return None
        except KeyError:
            # An optional field that the library knows, but not in this PDU: without these fields.
            pdu = smpp.make_pdu(extract_command(raw), client=self)
            pdu.parse_optional_params = lambda _fields: None
            pdu.parse(raw)
            return pdu

    def _recv_exact(self, exact_size: int) -> bytes:
        if not 0 <= exact_size <= LONGEST_PDU:
            raise exceptions.ConnectionError("what the message centre sends is no SMPP")
        found = b""
        while len(found) < exact_size:
            rest = self._until - time.monotonic()
            if rest <= 0:
                raise TimeoutError
            self._socket.settimeout(rest)
            part = self._socket.recv(exact_size - len(found))
            if not part:
                raise exceptions.ConnectionError("the message centre has hung up")
            found += part
        return found

    def connect(self) -> None:
        """As the library, but it says what is wrong."""
        try:
            self._socket = socket.create_connection((self.host, self.port), DEADLINE)
        except OSError as error:
            said = error.strerror or "no answer"
            raise exceptions.ConnectionError(f"{said} at {self.host}:{self.port}") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.state = consts.SMPP_CLIENT_STATE_OPEN

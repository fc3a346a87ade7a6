"""Message centres, and what they tell."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from ivr.domain.messages import DeliveryReceipt, Message, MessageState
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network import smpp
from ivr.network.pdu import Command, Pdu, Status, text
from ivr.network.smpp import SmppCentre

NUMBER = Msisdn("99365123456")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PASSWORD = "wellkept"


def message(body: str, id: int = 1) -> Message:
    return Message(id, f"order:{id}", NUMBER, body, MessageState.WAITING, NOW, NOW)


class Noted:
    """Receipts as they came."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []
        self.is_down = False

    def __call__(self, receipt: DeliveryReceipt) -> None:
        if self.is_down:
            raise TemporarilyUnavailable("database")
        self.told.append((receipt.names[0], receipt.has_arrived))


@contextmanager
def impatient() -> Iterator[None]:
    """A deadline that a test can wait for, where no answer comes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smpp, "DEADLINE", 0.3)
        patch.setattr(smpp, "PATIENCE", 0.3)
        yield


def send(centre: SmppCentre, body: str, noted: Noted, id: int = 1) -> list[object]:
    """Submit all parts of a text; answers what the centre says of each."""
    sent = message(body, id)
    return [centre.submit(sent, part, noted) for part in range(centre.parts(body))]


Answers = Callable[[Pdu], list[bytes]]


class Peer:
    """Somebody on the other end who answers as the test says."""

    def __init__(self, answers: Answers, first: Pdu | None) -> None:
        self._answers, self._first = answers, first
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[Pdu] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Peer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._listener.close()

    def send(self, pdu: Pdu) -> None:
        self._link.sendall(pdu.raw)

    def _run(self) -> None:
        self._link, _ = self._listener.accept()
        with suppress(ConnectionError), self._link:
            while header := self._link.recv(16, socket.MSG_WAITALL):
                length, command, status, sequence = struct.unpack(">LLLL", header)
                body = self._link.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""
                pdu = Pdu(command, status, sequence, body)
                self.heard.append(pdu)
                if pdu.command == Command.BIND_TRANSCEIVER:
                    self.send(pdu.response(Status.OK, text("peer")))
                    if self._first:
                        self.send(self._first)
                elif pdu.command == Command.UNBIND:
                    return
                else:
                    for raw in self._answers(pdu):
                        self._link.sendall(raw)


Scripted = Callable[..., Peer]

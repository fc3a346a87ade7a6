"""What a message centre, and who speaks to ours, can send over SMPP."""

from __future__ import annotations

import atexit
import shutil
import socket
import tempfile
import threading
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ivr.domain.messages import Message, MessageState, NotEver, NotNow, Taken
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network.pdu import RESPONSE, Command, Pdu, Status, text
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscSimulator
from tests.fuzz.faults import SECONDS, pour, threads_end_well

BIND = Pdu(Command.BIND_TRANSCEIVER, Status.OK, 1, text("ivr") + text("")).raw
BOUND = Pdu(Command.BIND_TRANSCEIVER | RESPONSE, Status.OK, 1, text("centre")).raw
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MESSAGE = Message(1, "o:1", Msisdn("99365123456"), "Salam", MessageState.WAITING, NOW, NOW)


def smsc(data: bytes) -> None:
    """A client of the built-in centre that sends anything, bound and not."""
    centre = _simulator()
    for before in (b"", BIND):
        with (
            threads_end_well(),
            socket.create_connection(("127.0.0.1", centre.port), SECONDS) as link,
        ):
            pour(link, before + data)


def smpp(data: bytes) -> None:
    """A message centre that takes the bind, or not even that, and then says anything."""
    for before in (b"", BOUND):
        with socket.create_server(("127.0.0.1", 0)) as listener, threads_end_well():
            speaking = threading.Thread(target=_speak, args=(listener, before + data))
            speaking.start()
            port = listener.getsockname()[1]
            centre = SmppCentre(Address("ivr", "127.0.0.1", port), "", "0890")
            try:
                said = centre.submit(MESSAGE, 0, lambda _receipt: None)
                assert isinstance(said, Taken | NotNow | NotEver)
                centre.attend(0.0, lambda _receipt: None)
            except TemporarilyUnavailable:
                pass
            finally:
                centre.close()
                speaking.join(SECONDS)
            assert not speaking.is_alive()


def _speak(listener: socket.socket, sent: bytes) -> None:
    listener.settimeout(SECONDS)
    link, _ = listener.accept()
    with link:
        pour(link, sent)


@cache
def _simulator() -> SmscSimulator:
    folder = Path(tempfile.mkdtemp(prefix="ivr-fuzz-"))
    centre = SmscSimulator(folder / "smsc.sqlite")
    centre.start()
    atexit.register(shutil.rmtree, folder)
    atexit.register(centre.close)
    return centre

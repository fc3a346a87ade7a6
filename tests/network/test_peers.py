"""The link against a message centre that others made (PyPI ``smpp34``), in ``make test-all``."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ivr.domain.messages import DeliveryReceipt, Message, MessageState, NotEver, NotNow, Taken, Why
from ivr.domain.values import Msisdn
from ivr.network.shortmessage import Coding
from ivr.network.smpp import Address, SmppCentre, Types
from ivr.settings import PROJECT
from ivr.simulators.phones import read_gsm

pytestmark = pytest.mark.nightly
NUMBER = Msisdn("99365123456")
BODIES = (
    "Done. MMS messages: on. 45.30 manat [€]",
    "Islegiňiz ýerine ýetirildi. MMS habarlary birikdirildi.",
    "Заявка выполнена. " * 20,
    "🙂 şol" * 40,
)
MOST = 50
"""Turns of ``attend`` within which a receipt must come."""


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has what requirements-peers.lock names."""
    folder = tmp_path_factory.mktemp("peers")
    venv.create(folder, with_pip=True)
    program = folder / "bin" / "python"
    wanted = (
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        PROJECT / "requirements-peers.lock",
    )
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([program, "-m", "pip", "install", *quiet, *wanted], check=True)
    return program


class Peer:
    """The other centre, and what it tells."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port, self._process = port, process

    def told(self) -> dict[str, Any]:
        """What it tells next."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the other centre has ended"
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def running(python: Path, *statuses: int) -> Iterator[Peer]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = Path(__file__).with_name("peer_centre.py")
    command = [str(python), str(script), str(port), *map(str, statuses)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True) as process:
        try:
            peer = Peer(port, process)
            assert peer.told() == {"listens": port}
            yield peer
        finally:
            process.terminate()


def message(body: str, id: int) -> Message:
    now = datetime.now(UTC)
    return Message(id, f"order:{id}", NUMBER, body, MessageState.WAITING, now, now)


def read(coding: int, parts: list[bytes]) -> str:
    """What a phone shows."""
    texts = [part[part[0] + 1 :] for part in parts] if len(parts) > 1 else parts
    if coding == Coding.UCS2:
        return "".join(part.decode("utf-16-be") for part in texts)
    return "".join(map(read_gsm, texts))


def test_texts_come_letter_for_letter_and_receipts_in_all_forms(python: Path) -> None:
    noted: list[DeliveryReceipt] = []
    with running(python) as peer:
        address = Address("ivr", "127.0.0.1", peer.port, "VMS")
        centre = SmppCentre(address, "secret", "0890", Types(source_ton=3))
        names: list[str] = []
        for id, body in enumerate(BODIES, 1):
            parts: list[bytes] = []
            for part in range(centre.parts(body)):
                taken = centre.submit(message(body, id), part, noted.append)
                assert isinstance(taken, Taken)
                names.append(taken.name)
                said = peer.told()
                said = peer.told() if "bound" in said else said
                assert (said["number"], said["source"], said["types"]) == (NUMBER, "0890", [3, 1])
                parts.append(bytes.fromhex(said["data"]))
                for _ in range(MOST):
                    if len(noted) == len(names):
                        break
                    centre.attend(0.1, noted.append)
                assert peer.told() == {"receipt": 0}
            assert read(said["coding"], parts) == body
        centre.close()
    assert [(receipt.names[0], receipt.has_arrived) for receipt in noted] == [
        (name, True) for name in names
    ]


def test_its_refusals_are_understood(python: Path) -> None:
    answers = []
    with running(python, 0xFF, 0x414, 0x0A, 0x58, 0x0B) as peer:
        centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
        for _ in range(5):
            answers.append(centre.submit(message("text", 1), 0, lambda _receipt: None))
        assert isinstance(centre.submit(message("text", 1), 0, lambda _receipt: None), Taken)
        centre.close()
    whys = [answer.why for answer in answers if isinstance(answer, NotNow)]
    assert whys == [Why.OTHER, Why.OTHER, Why.SETTING, Why.BUSY]
    assert isinstance(answers[-1], NotEver)

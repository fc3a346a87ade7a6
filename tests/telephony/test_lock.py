"""The AGI port believes nothing because it came: peers, tokens, arguments, checkpoints."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.checkpoint import CHECKPOINT
from ivr.telephony import server as server_module
from ivr.telephony.agi import NAMES, Agi, NotAsterisk
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.lock import SEAL, PortLock
from ivr.telephony.server import LineServer
from ivr.telephony.session import GIVEN, AgiSession
from ivr.telephony.strangers import Strangers
from tests.telephony.harness import SECONDS, Harness
from tests.telephony.scripted import CALL, HEADER, LOCK, FakeAsterisk, header

STOLEN = "language=en&node=number-puk&subscriber=99365880001&means=passport"
OTHER = f"{CALL}9"
"""A call that has proved something."""


def token(**known: str) -> str:
    """That of the usual request, or of one that differs from it."""
    of = {"uniqueid": CALL, "channel": "PJSIP/trunk-00000001", "callerid": "99365112233", **known}
    return LOCK.token({f"agi_{name}": value for name, value in of.items()})


@dataclass
class Desk:
    """A server that notes which checkpoint it believes."""

    server: LineServer
    believed: list[str]

    def ring(self, request: bytes) -> str | None:
        """The checkpoint that is believed of a request; None: it is no call."""
        self.believed.clear()
        with FakeAsterisk(server=self.server.address, header=request) as asterisk:
            assert asterisk.ended.wait(SECONDS)
        return self.believed[0] if self.believed else None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    checkpoints = CheckpointStore(tmp_path / "places")
    checkpoints.write(OTHER, LOCK.seal(OTHER, STOLEN))
    believed: list[str] = []

    def answer(session: AgiSession) -> None:
        believed.append(session.get(CHECKPOINT))

    server = LineServer("127.0.0.1:0", 5, answer, print, lock=LOCK, checkpoints=checkpoints)
    desk = Desk(server, believed)
    server.start()
    with closing(server):
        yield desk
        assert desk.ring(header(IVR_PLACE=LOCK.seal(CALL, "node=main"))) == "node=main"


@pytest.mark.parametrize(
    "sealed",
    [
        STOLEN,
        f"{STOLEN}{SEAL}",
        f"{STOLEN}{SEAL}{'0' * 16}",
        LOCK.seal(OTHER, STOLEN),
        LOCK.seal(CALL, "node=main").replace("node=main", STOLEN),
        PortLock("another pepper", LOCK.ami_secret).seal(CALL, STOLEN),
        f"{LOCK.seal('front', 'node=main')}",
        f"{LOCK.seal(CALL, 'node=main')}&{STOLEN}",
        f"{LOCK.seal(CALL, 'node=main')}{SEAL}{LOCK.seal(CALL, STOLEN)[-16:]}",
    ],
)
def test_a_checkpoint_that_the_line_did_not_write_for_this_call_is_the_start(
    desk: Desk, sealed: str
) -> None:
    assert desk.ring(header(IVR_PLACE=sealed)) == ""


@pytest.mark.parametrize("call", ["ivr-1700000000.1", "ivr-99999999999.1", "front", "ivr-x.1"])
def test_a_request_about_a_call_of_another_day_is_none(desk: Desk, call: str) -> None:
    assert desk.ring(header("resume", call, IVR_PLACE=LOCK.seal(call, STOLEN))) is None


def test_what_another_call_has_proved_stays_with_it(desk: Desk) -> None:
    assert desk.ring(header("resume", OTHER)) == STOLEN
    stolen = header("resume", OTHER, IVR_TOKEN=token())
    assert desk.ring(stolen) is None


@pytest.mark.parametrize("script", ["call", "resume", "busy"])
@pytest.mark.parametrize(
    "given",
    [
        *("", "0" * 40, token(uniqueid=OTHER), token(uniqueid="front"), token()[:39]),
        *(token(channel="PJSIP/agent1-00000001"), token(callerid="99365880001")),
    ],
)
def test_a_request_without_the_token_of_its_call_is_none(
    desk: Desk, script: str, given: str
) -> None:
    assert desk.ring(header(script, IVR_TOKEN=given)) is None


RIGHT = HEADER.decode().rstrip("\n").split("\n")
ARGUMENT = f"agi_arg_5: {CHECKPOINT}={LOCK.seal(CALL, STOLEN)}"


@pytest.mark.parametrize(
    "lines",
    [
        [*RIGHT, ARGUMENT],
        [*RIGHT, f"agi_arg_{len(GIVEN) + 1}: {CHECKPOINT}={LOCK.seal(CALL, STOLEN)}"],
        [*RIGHT, f"agi_arg_: {CHECKPOINT}={STOLEN}"],
        [*RIGHT, f"agi_arg_0: {CHECKPOINT}={STOLEN}"],
        [*RIGHT, f"agi_arg_{len(GIVEN) + 1}: IVR_OTHER=1"],
        [*RIGHT, "agi_callerid: 99365880001"],
        ["agi_callerid: 99365880001", *RIGHT],
        [RIGHT[0], *RIGHT],
        RIGHT[:-1],
        [line for line in RIGHT if not line.startswith("agi_uniqueid")],
        [line for line in RIGHT if not line.startswith("agi_threadid")],
        [line.replace("agi_accountcode", "agi_unknown") for line in RIGHT],
        [line.replace("agi_callerid", "agi_callingani3") for line in RIGHT],
        [line.replace("agi_arg_", "agi_arg_0") for line in RIGHT],
        [
            *(line for line in RIGHT if "_arg_" in line),
            *(line for line in RIGHT if "_arg_" not in line),
        ],
        [line.replace("IVR_RESUME", "IVR_REASON") for line in RIGHT],
    ],
)
def test_a_header_that_asterisk_does_not_write_is_no_call(desk: Desk, lines: list[str]) -> None:
    assert desk.ring("\n".join([*lines, "", ""]).encode()) is None


@given(
    st.sampled_from(["callerid", "calleridname", "dnid", "rdnis", "accountcode"]),
    st.lists(
        st.sampled_from([*RIGHT, ARGUMENT, "", f"agi_arg_: {CHECKPOINT}=x", "agi_x: 1"]), min_size=1
    ),
)
def test_no_line_break_in_a_field_adds_an_argument(name: str, lines: list[str]) -> None:
    """Should one ever come so far."""
    evil = "\n".join(["x", *lines])
    said = "\n".join(
        f"agi_{name}: {evil}" if line.startswith(f"agi_{name}:") else line for line in RIGHT
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(f"{said}\n\n".encode())
        theirs.shutdown(socket.SHUT_WR)
        try:
            agi = Agi(ours)
            session = AgiSession(agi, LOCK, None, None, ours)
        except NotAsterisk:
            return
        assert session.get(CHECKPOINT) == ""
        assert set(agi.env) == set(NAMES)


@pytest.mark.parametrize("address", ["127.0.0.2", "127.9.9.9"])
def test_a_peer_of_another_address_is_not_even_heard(harness: Harness, address: str) -> None:
    with socket.create_connection(harness.server.address, SECONDS, (address, 0)) as peer:
        peer.sendall(HEADER)
        assert peer.recv(1) == b""
    assert harness.dial()["IVR_DONE"] == "1"


@pytest.mark.parametrize(
    ("peers", "address", "admitted"),
    [
        ("10.0.0.0/24", "10.0.0.9", True),
        ("10.0.0.0/24", "10.0.1.9", False),
        ("10.0.0.0/24", "127.0.0.1", False),
        ("127.0.0.1", "::1", False),
        ("127.0.0.1", "", False),
    ],
)
def test_which_addresses_may_ask_is_a_setting(peers: str, address: str, admitted: bool) -> None:
    assert PortLock("a", "b", (ipaddress.ip_network(peers),)).admits(address) is admitted


def test_peers_that_say_nothing_do_not_keep_calls_out(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "MOST_ARRIVING", 3)
    silent = [socket.create_connection(harness.server.address, SECONDS) for _ in range(10)]
    try:
        for peer in silent[:7]:
            assert peer.recv(1) == b""  # the oldest make room
        assert harness.dial()["IVR_DONE"] == "1"
    finally:
        for peer in silent:
            peer.close()


def test_strangers_do_not_fill_the_log() -> None:
    now = [0.0]
    strangers = Strangers(lambda: now[0])
    with structlog.testing.capture_logs() as logs:
        for _ in range(1000):
            strangers.met("no token")
            now[0] += 0.1
    assert [line["since_the_last"] for line in logs] == [1, 600]


@given(st.text(), st.text(), st.text())
def test_what_is_sealed_for_a_call_is_read_by_it_alone(place: str, call: str, other: str) -> None:
    sealed = LOCK.seal(call, place)
    assert LOCK.unseal(call, sealed) == place
    if other != call:
        assert LOCK.unseal(other, sealed) == ""

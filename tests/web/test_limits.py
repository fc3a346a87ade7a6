"""What peers that only half speak HTTP take of a server: little, and not for long."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from ivr.network.listener import listener_app
from ivr.simulators.network import NetworkSimulator
from ivr.simulators.network.app import simulator_app
from ivr.simulators.network.data import SimulatorData, SimulatorState
from ivr.testing.demo import shipped_catalogue
from ivr.web.health import health_app
from ivr.web.protocol import Limits
from ivr.web.server import LIMITS, HttpServer
from tests.e2e.installation import free_port
from tests.nightly import nightly

PATIENCE = 30.0
"""Seconds after which a test gives a busy machine up."""
MANY = 300
BRISK = Limits(seconds=0.3)
HALVES = {
    "nothing": b"",
    "one line": b"GET / HTTP/1.1\r\n",
    "half the headers": b"POST / HTTP/1.1\r\nHost: localhost\r\nx: y\r\n",
    "half a body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    "parts without end": b"POST / HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}
WHOLE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def serving(name: str, folder: Path, limits: Limits = LIMITS) -> Iterator[int]:
    """The port of a server of ours."""
    apps = {
        "health": lambda: health_app(dict),
        "listener": lambda: listener_app(lambda _id: None),
        "simulator": lambda: simulator_app(
            SimulatorState(
                NetworkSimulator(folder / "n.sqlite"), SimulatorData(shipped_catalogue()), "token"
            )
        ),
    }
    port = free_port()
    with HttpServer(apps[name](), "127.0.0.1", port, "IVR_TEST", limits=limits):
        yield port


def connected(port: int, sent: bytes = b"") -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), PATIENCE)
    link.sendall(sent)
    return link


def rest(link: socket.socket) -> bytes:
    """What comes until the server hangs up; TimeoutError: it does not."""
    found = b""
    try:
        while more := link.recv(65_536):
            found += more
    except ConnectionResetError:
        pass  # it did not read all that was sent
    return found


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", ["health", "listener", "simulator"])
def test_half_a_request_is_not_waited_for(name: str, half: str, tmp_path: Path) -> None:
    with serving(name, tmp_path, BRISK) as port, connected(port, HALVES[half]) as link:
        assert rest(link).startswith(b"HTTP/1.1 408 ")


def test_how_it_dribbles_makes_no_difference(tmp_path: Path) -> None:
    with serving("health", tmp_path, BRISK) as port, connected(port) as link:
        assert any(is_answered(link) for _ in range(int(PATIENCE / 0.01)))


def is_answered(link: socket.socket) -> bool:
    """Sends one more byte; whether the server has said, or done, anything."""
    link.settimeout(0.01)
    try:
        link.sendall(b"x")
        assert link.recv(100).startswith(b"HTTP/1.1 408 ")
    except TimeoutError:
        return False
    except ConnectionError:
        pass  # it has said so already
    return True


def test_the_next_request_of_a_connection_has_a_deadline_too(tmp_path: Path) -> None:
    with serving("health", tmp_path, BRISK) as port, connected(port, WHOLE) as link:
        assert link.recv(65_536).startswith(b"HTTP/1.1 200")
        link.sendall(HALVES["half the headers"])
        assert b"408 Request Timeout" in rest(link)


@pytest.mark.parametrize(
    ("name", "half"),
    [
        ("listener", "half a body"),
        ("simulator", "nothing"),
        *(nightly("health", half) for half in HALVES),
    ],
)
def test_many_halves_keep_no_whole_request_out(name: str, half: str, tmp_path: Path) -> None:
    for_ever = Limits(seconds=600)
    with serving(name, tmp_path, for_ever) as port, ExitStack() as stack:
        links = [stack.enter_context(connected(port, HALVES[half])) for _ in range(MANY)]
        answer = httpx.get(
            f"http://127.0.0.1:{port}/health/live", timeout=PATIENCE, trust_env=False
        )
        assert answer.status_code == {"health": 200, "listener": 405, "simulator": 401}[name]
        for link in links[: MANY - for_ever.connections]:
            assert rest(link) == b""  # those that came first made room


def test_a_peer_that_does_not_read_is_left(tmp_path: Path) -> None:
    """It asks a few times, and the answers fill all that the kernel keeps."""
    with serving("health", tmp_path, BRISK) as port, socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.settimeout(PATIENCE)
        link.connect(("127.0.0.1", port))
        link.sendall(WHOLE.replace(b"/health/live", b"/metrics") * 2_000)
        ended = select.poll()
        ended.register(link, 0)  # it tells of a reset in any case, and of nothing that can be read
        assert ended.poll(PATIENCE * 1000)


def test_requests_in_advance_are_not_kept_without_bound(tmp_path: Path) -> None:
    with (
        serving("health", tmp_path) as port,
        connected(port) as link,
        pytest.raises(ConnectionError),
    ):
        link.sendall(WHOLE * 1_000_000)


@pytest.mark.parametrize("name", ["health", "listener", "simulator"])
def test_a_body_that_is_too_large_is_refused(name: str, tmp_path: Path) -> None:
    with serving(name, tmp_path, Limits(body=1_000)) as port:
        url = f"http://127.0.0.1:{port}/health/live"
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            for body in (b" " * 1_001, iter([b" " * 600, b" " * 600])):
                assert client.request("POST", url, content=body).status_code == 413
            assert client.request("POST", url, content=b" " * 1_000).status_code in (400, 401, 405)


def test_two_requests_at_once_over_one_connection_are_both_answered(tmp_path: Path) -> None:
    with serving("health", tmp_path, BRISK) as port, connected(port, WHOLE * 2) as link:
        found = b""
        while found.count(b'"live"') < 2:
            more = link.recv(65_536)
            assert more, found
            found += more
        assert found.count(b"HTTP/1.1 200") == 2

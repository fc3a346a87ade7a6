"""What is said to systemd, and what it hands over: sd_notify(3), sd_listen_fds(3)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.supervision.systemd import Systemd, passed_listener

PID = str(os.getpid())


@pytest.fixture(params=["{}", "@{}"], ids=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """systemd's side, and its address as NOTIFY_SOCKET has it."""
    address: str = request.param.format(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0", 1))
        manager.settimeout(10)
        yield address, manager


def test_it_is_told_how_the_service_is(manager: tuple[str, socket.socket]) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": manager[0]})
    systemd.ready()
    systemd.reloading()
    systemd.stopping()
    systemd.alive()  # there is no watchdog
    systemd.ready()
    said = [manager[1].recv(200).decode() for _ in range(4)]
    assert said[0] == said[3] == "READY=1"
    assert said[1].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert said[2] == "STOPPING=1"


def test_its_watchdog_is_told_now_and_then(manager: tuple[str, socket.socket]) -> None:
    systemd = Systemd(
        {"NOTIFY_SOCKET": manager[0], "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": PID}
    )
    systemd.alive()
    systemd.alive()
    systemd.ready()
    assert [manager[1].recv(200) for _ in range(2)] == [b"WATCHDOG=1", b"READY=1"]


def test_without_systemd_nothing_is_told() -> None:
    Systemd({}).ready()


def test_a_systemd_that_is_away_harms_nobody(tmp_path: Path) -> None:
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def at(listener: socket.socket) -> str:
    return "{}:{}".format(*listener.getsockname())


def test_the_socket_that_it_listens_on_is_taken_over(listener: socket.socket) -> None:
    given = {"LISTEN_PID": PID, "LISTEN_FDS": "1"}
    with_file = os.dup(listener.fileno())
    passed = passed_listener(at(listener), given, with_file)
    assert passed is not None
    with passed, socket.create_connection(listener.getsockname()):
        assert passed.fileno() == with_file
        assert not os.get_inheritable(with_file)


@pytest.mark.parametrize(
    "given", [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}, {"LISTEN_PID": PID, "LISTEN_FDS": "0"}]
)
def test_what_is_not_for_us_is_left_alone(given: dict[str, str]) -> None:
    assert passed_listener("127.0.0.1:4573", given) is None


def test_a_socket_elsewhere_than_the_dialplan_calls_is_refused(listener: socket.socket) -> None:
    given = {"LISTEN_PID": PID, "LISTEN_FDS": "1"}
    with pytest.raises(Unusable, match=r"IVR_AGI_BIND is 127\.0\.0\.1:4573: make them the same"):
        passed_listener("127.0.0.1:4573", given, os.dup(listener.fileno()))

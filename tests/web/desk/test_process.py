"""``ivr desk`` as a process, and as a child of ``ivr up``."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ivr.errors import Unusable
from ivr.processes import desk, up
from ivr.settings import Settings, host_port
from ivr.supervision.child import Child
from ivr.web.server import bound
from tests.e2e.installation import environment, own_settings
from tests.e2e.line import STOP_SECONDS
from tests.waiting import until

IVR = (sys.executable, "-m", "ivr")
NOTIFY = """
import os, signal, socket
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.connect(chr(0) + os.environ["NOTIFY_SOCKET"][1:])
told.send(b"READY=1")
signal.pause()
"""


@contextmanager
def running(settings: Settings, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*IVR, "desk", *words], env=environment(settings), stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)


def answer(settings: Settings, path: str = "/") -> httpx.Response | None:
    try:
        return httpx.get(f"http://{settings.desk}{path}", trust_env=False)
    except httpx.ConnectError:
        return None


def test_it_serves_pages_and_tells_its_health(tmp_path: Path) -> None:
    settings = own_settings(tmp_path / "home")
    with running(settings) as process:
        page = until(lambda: answer(settings))
        assert page.headers["location"] == "/login"
        missing = answer(settings, "/components")
        assert missing is not None
        assert missing.status_code == 404  # they are the demo's
        health = httpx.get(f"http://{settings.desk_health_bind}/health/ready", trust_env=False)
        assert health.json()["parts"] == {"database": {"well": True, "detail": "answers"}}
        process.terminate()
        _, said = process.communicate(timeout=STOP_SECONDS)
        assert f"desk: http://localhost:{host_port(settings.desk)[1]}\n" in said
        assert process.returncode == 0


def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    settings = own_settings(tmp_path / "home")
    with bound(*host_port(settings.desk), "IVR_DESK"):
        done = subprocess.run(
            [*IVR, "desk"],
            env=environment(settings),
            capture_output=True,
            text=True,
            check=False,
            timeout=STOP_SECONDS,
        )
    assert done.returncode == 1
    assert "set IVR_DESK to a free port" in done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"desk": "off"}, "IVR_DESK is off"),
        ({"desk": "0.0.0.0:8000"}, "for this machine alone"),
        ({"desk_url": "https://desk.example"}, "for this machine alone"),
    ],
)
def test_the_demos_doors_are_for_this_machine_alone(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    with pytest.raises(Unusable, match=said):
        desk.check_demo(own_settings(tmp_path, **given), is_demo=True)


def test_people_are_told_the_address_that_they_open(tmp_path: Path) -> None:
    def address(**given: str) -> str:
        return own_settings(tmp_path, **given).desk_address

    assert address(desk="127.0.0.1:8000") == "http://localhost:8000"
    assert address(desk="10.0.0.9:80") == "http://10.0.0.9:80"
    assert address(desk_url="https://desk.example") == "https://desk.example"


@pytest.mark.parametrize(("code", "comes_up"), [("raise SystemExit(1)", False), (NOTIFY, True)])
def test_up_goes_on_if_the_desk_does_not_start(code: str, comes_up: bool) -> None:
    child = Child("ivr desk", (sys.executable, "-c", code), os.environ)
    child.start_again()
    try:
        assert up._comes_up(child, threading.Event()) is comes_up
    finally:
        child.end()
        child.wait()


@pytest.mark.parametrize(
    ("bind", "words"),
    [("off", []), ("127.0.0.1:8000", [("desk", "--demo")]), ("0.0.0.0:8000", [("desk",)])],
)
def test_up_starts_the_desk_of_the_settings(
    tmp_path: Path, bind: str, words: list[tuple[str, ...]]
) -> None:
    found = up._desk(own_settings(tmp_path, desk=bind))
    assert [child._command[len(IVR) :] for child in found] == words
    for child in found:
        child.wait()

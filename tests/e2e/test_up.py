"""``ivr up`` with its parts killed: calls go on, and each part is started again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from ivr.domain.values import Language, Money
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine, running_line
from tests.e2e.test_workers import Staff, goes_to_information, hears_the_menu_again
from tests.waiting import until


@pytest.fixture(scope="module")
def up() -> Iterator[RunningLine]:
    folder = short_folder()
    with running_line(folder / "home") as line:
        yield line


def children(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()]


def part(line: RunningLine, words: str) -> int | None:
    """The process of a part, by what it is called or by what it was started with."""
    assert line.process is not None
    for pid in children(line.process.pid):
        with suppress(OSError):
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            if name == words[:15] or command.endswith(f"-m {words} "):
                return pid
    return None


def staff_of(line: RunningLine, supervisor: int) -> Staff:
    """The workers of the line that is a part of ``ivr up``."""
    return Staff(line, cast("subprocess.Popen[bytes]", SimpleNamespace(pid=supervisor)))


def has_board(supervisor: int) -> bool:
    """Whether a supervisor has come so far that it starts workers."""
    with suppress(OSError):
        files = list(Path(f"/proc/{supervisor}/fd").iterdir())
        return any("scoreboard" in os.readlink(file) for file in files)
    return False


def health(bind: str) -> bool:
    """Whether a part tells that it is live."""
    with suppress(httpx.HTTPError), httpx.Client(trust_env=False, timeout=5) as client:
        return client.get(f"http://{bind}/health/live").status_code == 200
    return False


@pytest.mark.timeout(240)
def test_a_killed_worker_costs_no_call(up: RunningLine) -> None:
    line = part(up, "ivr line")
    assert line is not None
    with up.call(up.number()) as caller:
        goes_to_information(caller, Language.RUSSIAN)
        staff = staff_of(up, line)
        (worker,) = staff.holding()
        os.kill(worker, signal.SIGKILL)
        hears_the_menu_again(staff, caller, [worker])
        staff.until_whole(1)
    assert part(up, "ivr line") == line, "its supervisor has seen to it"


@pytest.mark.parametrize(
    ("words", "bind"),
    [
        ("ivr line", "health_bind"),
        ("ivr orders", "orders_health_bind"),
        ("ivr messages send", "messages_health_bind"),
    ],
)
@pytest.mark.timeout(240)
def test_a_killed_part_comes_back(up: RunningLine, words: str, bind: str) -> None:
    killed = part(up, words)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    until(lambda: part(up, words) not in (None, killed))
    until(lambda: health(getattr(up.settings, bind)))
    output = up.settings.home.with_name("home.out").read_text()
    assert f"{words} ended by itself: it is started again in 0.5 s" in output


@pytest.mark.timeout(240)
def test_calls_are_served_by_a_line_that_came_back(up: RunningLine) -> None:
    killed = part(up, "ivr line")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    until(lambda: part(up, "ivr line") not in (None, killed))
    line = part(up, "ivr line") or 0
    until(lambda: has_board(line))
    staff_of(up, line).until_whole(1)
    with up.call(up.number()) as caller:
        goes_to_information(caller, Language.ENGLISH)
        caller.press("2")
        caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))

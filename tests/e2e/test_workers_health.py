"""A line in several processes counts as one, whichever of them dies."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest

from ivr.settings import Settings, host_port
from ivr.supervision.worker import GO
from ivr.system.hardening import die_with_parent
from ivr.telephony.lock import PortLock
from tests.e2e.installation import environment, free_port
from tests.e2e.line import RunningLine
from tests.metrics.exposed import Sample, samples, value
from tests.telephony.scripted import FakeAsterisk, header
from tests.waiting import until

STOP_SECONDS = 60.0
NEWS = "3 3 1"
"""English, information, news; then the caller hangs up."""


def figures(settings: Settings) -> dict[Sample, float]:
    """What is told; nothing while nobody listens yet."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        try:
            return samples(client.get(f"http://{settings.health_bind}/metrics").text)
        except httpx.TransportError:
            return {}


def children(pid: int, command: str) -> list[int]:
    """Processes of a supervisor by what they are."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [
        int(each)
        for each in listed
        if command in Path(f"/proc/{each}/cmdline").read_bytes().decode().split("\0")
    ]


def others_hear(pid: int, signals: Iterable[signal.Signals]) -> bool:
    """Whether a thread other than the first would take one of the signals, and end the process."""
    wanted = sum(1 << number - 1 for number in signals)
    for task in Path(f"/proc/{pid}/task").iterdir():
        (blocked,) = re.findall(r"^SigBlk:\s*(\w+)", (task / "status").read_text(), re.MULTILINE)
        if int(task.name) != pid and int(blocked, 16) & wanted != wanted:
            return True
    return False


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_what_workers_count_outlives_them(line: RunningLine, folder: Path) -> None:
    # Its database, so that something is published; all else is its own, calls that ended too.
    settings = line.settings.model_copy(
        update={
            "home": folder / "home",
            "database_url": line.settings.database,
            "shed_cpu": 0,
            **{
                name: f"127.0.0.1:{free_port()}" for name in ("agi_bind", "ami_bind", "health_bind")
            },
        }
    )
    (folder / "home" / "secrets").mkdir(mode=0o700, parents=True)
    pepper = folder / "home" / "secrets" / "pepper"
    pepper.write_text(line.settings.secret("pepper"))  # that of the database
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "line", "--workers", "2"],
        env=environment(settings),
        stderr=subprocess.PIPE,
        preexec_fn=die_with_parent,
    )

    def serving() -> float:
        return value(figures(settings), "ivr_workers", state="serving")

    def ended() -> float:
        return value(figures(settings), "ivr_calls_total", outcome="hung-up", language="en")

    try:
        until(lambda: serving() == 2)
        assert not others_hear(process.pid, (signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD))
        for worker in children(process.pid, "line-worker"):
            assert not others_hear(worker, (signal.SIGTERM, GO))
        port, request = (
            host_port(settings.agi_bind),
            header("call", f"ivr-{int(time.time())}.1", PortLock.of(settings)),
        )
        for _ in range(8):
            with FakeAsterisk(NEWS, server=port, header=request) as asterisk:
                assert asterisk.ended.wait(30)
        until(lambda: ended() == 8)
        for worker in children(process.pid, "line-worker"):
            os.kill(worker, signal.SIGKILL)
        until(lambda: value(figures(settings), "ivr_worker_restarts_total", reason="killed") >= 2)
        until(lambda: serving() == 2)
        assert ended() == 8
        (teller,) = children(process.pid, "line-health")
        os.kill(teller, signal.SIGKILL)
        until(lambda: children(process.pid, "line-health") not in ([], [teller]))
        until(lambda: ended() == 8)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=STOP_SECONDS)
        assert process.returncode == 0, said.decode()

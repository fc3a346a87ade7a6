"""How a process is told to end."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import NoReturn

import pytest

from ivr.processes.background import stop_signal

WAITS = """
import os, sys, threading
from ivr.processes.background import stop_signal

def tell():
    while True:
        waits.acquire()
        os.kill(os.getpid(), {number})

sys.setswitchinterval(1e-5)
waits = threading.Semaphore(0)
threading.Thread(target=tell, daemon=True).start()
for _ in range(500):
    stop = stop_signal()
    waits.release()
    while not stop.is_set():
        stop.wait(0)
print("ended")
"""
"""Is told to end, again and again, while its first thread waits for that: that mostly holds the
lock of the event then."""
SECONDS = 40.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_ends_whenever_it_is_told_to(number: signal.Signals) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WAITS.format(number=int(number))],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr


@pytest.fixture
def handlers() -> Iterator[None]:
    """What this process does on signals is the same again after the test."""
    known = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in known.items():
        signal.signal(number, handler)


def no_thread(*_args: object) -> NoReturn:
    raise RuntimeError("can't start new thread")


@pytest.mark.usefixtures("handlers")
def test_a_process_without_a_thread_left_ends_when_it_is_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = stop_signal()
    monkeypatch.setattr("_thread.start_new_thread", no_thread)
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    signal.raise_signal(signal.SIGTERM)
    assert stop.wait(SECONDS)

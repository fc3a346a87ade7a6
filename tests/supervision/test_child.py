"""A child of ``ivr up``: it tells that it is ready, why it ended, and it ends when it is told."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ivr.errors import Unusable
from ivr.supervision.child import Child

READY = "from ivr.supervision.systemd import Systemd; Systemd().ready()"
TOLD = "import os; assert os.environ['MORE'] == 'yes'"
WAITS = "import signal; signal.sigwait({signal.SIGTERM})"
"""It is told by a signal that it has blocked before it said that it is ready."""
BLOCKS = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})"


@contextmanager
def child(*steps: str) -> Iterator[Child]:
    made = Child("ivr trial", (sys.executable, "-c", "; ".join(steps)), {"MORE": "yes"})
    try:
        yield made
    finally:
        made.end()
        made.wait()


def until_ready(made: Child) -> None:
    while not made.is_ready():
        made.check_running()


def test_it_is_ready_when_it_says_so_and_ends_when_it_is_told() -> None:
    with child(BLOCKS, TOLD, READY, WAITS) as made:
        assert not made.running()
        made.start_again()
        until_ready(made)
        assert made.running()
        made.end()
        made.wait()
        assert not made.running()


def test_one_that_is_started_again_is_not_ready_yet() -> None:
    with child(BLOCKS, READY, WAITS) as made:
        made.start_again()
        until_ready(made)
        made.kill()
        made.start_again()
        assert not made.is_ready()
        until_ready(made)


def test_one_that_refuses_to_start_has_said_why_itself() -> None:
    with child("import sys; sys.exit(3)") as made:
        made.start_again()
        with pytest.raises(SystemExit, match="3"):
            until_ready(made)


def test_one_that_was_killed_is_named() -> None:
    kill = f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})"
    with child(kill) as made:
        made.start_again()
        with pytest.raises(Unusable, match="ivr trial was ended by SIGKILL"):
            until_ready(made)


def test_a_service_manager_of_our_own_is_not_the_childs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere")
    monkeypatch.setenv("WATCHDOG_USEC", "1000000")
    with child(BLOCKS, "import os; assert 'WATCHDOG_USEC' not in os.environ", READY, WAITS) as made:
        made.start_again()
        until_ready(made)
    assert os.environ["NOTIFY_SOCKET"] == "/nowhere"

"""Workers that are killed, hung, broken, or missing: the next one serves."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ivr.supervision.scoreboard import Replaced, State
from ivr.supervision.worker_process import BEAT_SECONDS
from tests.supervision.supervised import MANY, SECONDS, Trial, first_worker, started
from tests.waiting import pause, until


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_call_of_a_lost_worker_is_closed_and_the_spare_serves(
    trial: Trial, sent: signal.Signals
) -> None:
    with trial.ring() as asterisk:
        lost = first_worker(asterisk)
        os.kill(lost, sent)
        assert asterisk.ended.wait(SECONDS)
    assert trial.serves() not in (0, lost)
    trial.until_whole(1)
    why = Replaced.KILLED if sent == signal.SIGKILL else Replaced.HUNG
    assert [trial.scoreboard.replaced(each) for each in Replaced] == [
        each == why for each in Replaced
    ]


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_a_line_that_was_stopped_and_goes_on_is_what_it_was(trial: Trial) -> None:
    """By a debugger, by the freezer of a container: longer than anybody waits for a signal."""
    before = trial.workers
    beats = {slot: slot.beaten for slot in trial.scoreboard.slots if slot.state}
    with stopped(trial.process.pid):
        with stopped(*before):
            pause(2 * BEAT_SECONDS)
        until(lambda: all(slot.beaten > 1 + beats[slot] for slot in beats))
    assert trial.serves() in before
    assert trial.workers == before
    assert [trial.scoreboard.replaced(each) for each in Replaced] == [0] * len(Replaced)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        pytest.param("5", Replaced.HUNG, id="a deadlock"),
        pytest.param("6", Replaced.HUNG, id="an endless loop", marks=pytest.mark.nightly),
        pytest.param("7", Replaced.KILLED, id="no memory"),
        pytest.param("8", Replaced.KILLED, id="no thread", marks=pytest.mark.nightly),
    ],
)
def test_what_keeps_a_worker_from_serving_ends_it(trial: Trial, key: str, why: Replaced) -> None:
    with trial.ring() as waiting, trial.ring(key) as asterisk:
        lost = first_worker(asterisk)
        while key == "5" and not asterisk.ended.wait(0.1):  # the next call meets the deadlock
            socket.create_connection(("127.0.0.1", trial.port), SECONDS).close()
        assert asterisk.ended.wait(SECONDS)
        assert waiting.ended.wait(SECONDS)
        assert "IVR_DONE" not in waiting.variables
    assert trial.serves() not in (0, lost)
    assert trial.scoreboard.replaced(why) == 1


def test_workers_take_turns(tmp_path: Path) -> None:
    with started(tmp_path, 2) as trial:
        trial.until_whole(2)
        with ExitStack() as calls:
            pids = [first_worker(calls.enter_context(trial.ring())) for _ in range(4)]
            while len(set(pids)) < 2 and len(pids) < MANY:  # one may have no processor for a while
                pids.append(first_worker(calls.enter_context(trial.ring())))
            assert len(set(pids)) == 2
            assert trial.scoreboard.calls == len(pids)


def test_without_any_worker_calls_are_given_back_and_the_next_worker_serves(trial: Trial) -> None:
    trial.mode.write_text("silent")
    for pid in trial.workers:
        os.kill(pid, signal.SIGKILL)
    until(lambda: State.SERVING not in trial.states)
    assert trial.serves() == 0
    with (
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", trial.port), SECONDS) as caller,
    ):
        caller.recv(1)
    trial.mode.write_text("")
    until(lambda: trial.workers)
    for pid in trial.workers:
        os.kill(pid, signal.SIGKILL)
    until(trial.serves)


def test_calls_wait_for_a_worker_that_starts(trial: Trial) -> None:
    for pid in trial.workers:
        os.kill(pid, signal.SIGKILL)
    until(trial.serves)
    trial.until_whole(1)


def test_workers_that_end_at_once_are_started_more_and_more_slowly(
    trial: Trial, tmp_path: Path
) -> None:
    trial.mode.write_text("broken")
    for pid in trial.workers:
        os.kill(pid, signal.SIGKILL)
    log = tmp_path / "log"
    until(lambda: log.read_text().count('"next_start_in": 2.0') == 1)
    assert '"next_start_in": 0.5' in log.read_text()
    trial.mode.write_text("")
    trial.until_whole(1)


def test_a_supervisor_that_gets_no_process_goes_on_and_tries_again(
    trial: Trial, tmp_path: Path
) -> None:
    files = resource.prlimit(trial.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(trial.process.pid, resource.RLIMIT_NOFILE, (5, files[1]))
    for pid in trial.workers:
        os.kill(pid, signal.SIGKILL)
    until(lambda: "no worker can be started" in (tmp_path / "log").read_text())
    resource.prlimit(trial.process.pid, resource.RLIMIT_NOFILE, files)
    until(trial.serves)

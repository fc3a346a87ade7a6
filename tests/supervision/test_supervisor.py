"""The supervisor and real worker processes: killed, hung, broken, replaced, none at all."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.listener import open_listener
from ivr.scoreboard import Replaced, Scoreboard, State
from ivr.telephony.asterisk import die_with_parent
from tests.telephony.scripted import HEADER, FakeAsterisk

SECONDS = 60.0
MANY = 40
"""Calls of which at least one must have another worker than the first."""


def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@dataclass
class Trial:
    """A supervisor in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    mode: Path
    board: Scoreboard

    @contextmanager
    def ring(self, keys: str = "4") -> Iterator[FakeAsterisk]:
        """A caller who keeps still, or presses ``keys`` in words; hangs up in the end."""
        with FakeAsterisk(keys, server=("127.0.0.1", self.port)) as asterisk:
            try:
                yield asterisk
            finally:
                asterisk.hang_up()

    def serves(self) -> int:
        """The pid of a worker that answers a call to its end; 0 if none does."""
        with self.ring("1") as asterisk:
            assert asterisk.ended.wait(SECONDS)
        return int(asterisk.variables.get("WORKER", 0)) if "IVR_DONE" in asterisk.variables else 0

    def said(self) -> str:
        """The next line that it tells."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    @property
    def states(self) -> list[State]:
        return sorted(slot.state for slot in self.board.slots if slot.state)

    @property
    def workers(self) -> set[int]:
        file = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, file.read_text().split()))

    def until_whole(self, workers: int) -> None:
        states = sorted([State.READY, *[State.SERVING] * workers])
        until(lambda: self.states == states)


@contextmanager
def started(folder: Path, workers: int, drain: float = 0.0, mode: str = "") -> Iterator[Trial]:
    file = folder / "mode"
    file.write_text(mode)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.supervision.trial", str(workers), str(drain)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "TRIAL": str(file)},
            preexec_fn=die_with_parent,
        )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with process:
        until(lambda: _board_of(process.pid))
        board = _board_of(process.pid)
        assert board
        try:
            yield Trial(process, port, file, board)
        finally:
            process.terminate()


@contextmanager
def activated(folder: Path, listener: socket.socket) -> Iterator[Iterator[str]]:
    """A supervisor with a socket as systemd gives it; answers what it says."""
    start = f"""
import os
os.dup2({listener.fileno()}, 3)
os.environ |= {{"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}}
os.execl({sys.executable!r}, {sys.executable!r}, "-m", "tests.supervision.trial", "1", "0")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", start],
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[listener.fileno()],
        env={
            **os.environ,
            "TRIAL": str(folder / "mode"),
            "BIND": "{}:{}".format(*listener.getsockname()),
        },
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    with process:
        yield process.stdout
        process.terminate()
        assert process.wait(SECONDS) == 0


def _board_of(pid: int) -> Scoreboard | None:
    for file in Path(f"/proc/{pid}/fd").iterdir():
        if "scoreboard" in os.readlink(file) and file.stat().st_size:  # made, and given its size
            board = Scoreboard.inherited(os.open(file, os.O_RDWR))
            board.close()
            return board
    return None


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """One worker, and one that is ready to take its place."""
    with started(tmp_path, 1) as trial:
        assert trial.said() == "taking calls"
        trial.until_whole(1)
        yield trial


def first_worker(asterisk: FakeAsterisk) -> int:
    until(lambda: "WORKER" in asterisk.variables)
    return int(asterisk.variables["WORKER"])


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
    assert [trial.board.replaced(each) for each in Replaced] == [each == why for each in Replaced]


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("5", Replaced.HUNG),
        ("6", Replaced.HUNG),
        ("7", Replaced.KILLED),
        ("8", Replaced.KILLED),
    ],
    ids=["a deadlock", "an endless loop", "no memory", "no thread"],
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
    assert trial.board.replaced(why) == 1


def test_workers_take_turns(tmp_path: Path) -> None:
    with started(tmp_path, 2) as trial:
        trial.until_whole(2)
        with ExitStack() as calls:
            pids = [first_worker(calls.enter_context(trial.ring())) for _ in range(4)]
            while len(set(pids)) < 2 and len(pids) < MANY:  # one may have no processor for a while
                pids.append(first_worker(calls.enter_context(trial.ring())))
            assert len(set(pids)) == 2
            assert trial.board.calls == len(pids)


def test_a_replacement_one_by_one_leaves_calls_where_they_are(tmp_path: Path) -> None:
    with started(tmp_path, 2, drain=SECONDS) as trial:
        trial.until_whole(2)
        before = trial.workers
        with trial.ring() as asterisk:
            worker = first_worker(asterisk)
            trial.process.send_signal(signal.SIGHUP)
            until(lambda: trial.workers & before == {worker})
            assert trial.states.count(State.DRAINING) == 1
            assert trial.serves() not in (0, *before)
            assert not asterisk.ended.is_set()
        until(lambda: not trial.workers & before)
        trial.until_whole(2)
        assert trial.board.replaced(Replaced.ROLLING) == 3


def test_a_replacement_is_never_fewer_workers_than_are_wanted(tmp_path: Path) -> None:
    with started(tmp_path, 2, drain=SECONDS) as trial:
        trial.until_whole(2)
        before, fewest = trial.workers, 2
        trial.process.send_signal(signal.SIGHUP)
        while trial.workers & before:
            fewest = min(fewest, trial.board.serving)
            assert trial.serves()
        assert fewest == 2


@pytest.mark.parametrize("mode", ["broken", "silent"])
def test_a_replacement_that_does_not_serve_leaves_the_old_ones(trial: Trial, mode: str) -> None:
    before = trial.workers
    trial.mode.write_text(mode)
    trial.process.send_signal(signal.SIGHUP)
    if mode == "silent":
        until(lambda: trial.workers > before)
        (silent,) = trial.workers - before
        assert trial.serves() in before
        os.kill(silent, signal.SIGKILL)
    assert "given up" in trial.said()
    assert trial.workers == before
    assert trial.serves() in before
    trial.mode.write_text("")
    trial.process.send_signal(signal.SIGHUP)
    until(lambda: not trial.workers & before)
    trial.until_whole(1)


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


def test_a_line_whose_first_worker_fails_ends(tmp_path: Path) -> None:
    with started(tmp_path, 2, mode="broken") as trial:
        assert trial.process.wait(SECONDS) == 1


def test_a_line_whose_first_worker_is_never_ready_says_so_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READY_WITHIN", "1")
    with started(tmp_path, 1, mode="silent") as trial:
        assert trial.said() == "no worker was ready in time"
        assert trial.process.wait(SECONDS) == 1


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_lets_calls_end_and_takes_no_new_one(
    tmp_path: Path, sent: signal.Signals
) -> None:
    with started(tmp_path, 1, drain=SECONDS) as trial:
        trial.until_whole(1)
        with trial.ring() as asterisk:
            first_worker(asterisk)
            trial.process.send_signal(sent)
            until(lambda: trial.states == [State.DRAINING])
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", trial.port))
            assert trial.process.poll() is None
            assert not asterisk.ended.is_set()
        assert trial.process.wait(SECONDS) == 0


def test_workers_of_a_killed_supervisor_end_when_their_calls_have(tmp_path: Path) -> None:
    with started(tmp_path, 2, drain=SECONDS) as trial:
        trial.until_whole(2)
        workers = trial.workers
        with trial.ring() as asterisk:
            worker = first_worker(asterisk)
            trial.process.kill()
            until(lambda: not {State.READY, State.SERVING} & set(trial.states))
            assert not asterisk.ended.is_set()
            open_listener(f"127.0.0.1:{trial.port}", SECONDS).close()  # the next one can have it
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        assert worker in workers


def test_calls_wait_in_the_socket_of_systemd_while_the_line_is_restarted(tmp_path: Path) -> None:
    (tmp_path / "mode").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with activated(tmp_path, listener) as said:
            assert [next(said), next(said)] == [f"{port}\n", "taking calls\n"]
        with socket.create_connection(("127.0.0.1", port), SECONDS) as call:
            call.sendall(HEADER)
            with activated(tmp_path, listener):
                assert call.recv(100).startswith(b"SET VARIABLE")


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

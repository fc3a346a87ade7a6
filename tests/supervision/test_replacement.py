"""Workers are replaced one by one, and a line begins and ends in order."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from ivr.supervision.listener import open_listener
from ivr.supervision.scoreboard import Replaced, State
from tests.nightly import nightly
from tests.supervision.supervised import SECONDS, Trial, activated, first_worker, started
from tests.telephony.scripted import HEADER
from tests.waiting import until


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
        assert trial.scoreboard.replaced(Replaced.ROLLING) == 3


def test_a_replacement_is_never_fewer_workers_than_are_wanted(tmp_path: Path) -> None:
    with started(tmp_path, 2, drain=SECONDS) as trial:
        trial.until_whole(2)
        before, fewest = trial.workers, 2
        trial.process.send_signal(signal.SIGHUP)
        while trial.workers & before:
            fewest = min(fewest, trial.scoreboard.serving)
            assert trial.serves()
        assert fewest == 2


@pytest.mark.parametrize("mode", ["broken", nightly("silent")])
def test_a_replacement_that_does_not_serve_leaves_the_old_ones(trial: Trial, mode: str) -> None:
    before = trial.workers
    trial.mode.write_text(mode)
    trial.process.send_signal(signal.SIGHUP)
    if mode == "silent":
        until(lambda: trial.workers > before)
        (silent,) = trial.workers - before
        assert trial.serves() in before
        os.kill(silent, signal.SIGKILL)
    assert "abandoned" in trial.said()
    assert trial.workers == before
    assert trial.serves() in before
    trial.mode.write_text("")
    trial.process.send_signal(signal.SIGHUP)
    until(lambda: not trial.workers & before)
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

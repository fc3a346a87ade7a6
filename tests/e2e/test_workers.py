"""Workers die, hang, run out of memory and are replaced, and no caller loses the call."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from ivr.domain.values import Language, Money
from ivr.supervision.scoreboard import Replaced, Scoreboard, State
from tests.e2e.line import KEY_OF, Caller, RunningLine
from tests.e2e.test_bad_days import asterisk_alone, children_of, line_process
from tests.waiting import pause, until

SECONDS = 60.0
LONG_SECONDS = 11.0


@dataclass
class Staff:
    """A running line, and its workers as the system knows them."""

    line: RunningLine
    process: subprocess.Popen[bytes]

    def holding(self, calls: int = 1) -> list[int]:
        """The workers that have a call of Asterisk."""
        port = int(self.line.settings.agi_bind.rpartition(":")[2])
        found: list[int] = []

        def all_there() -> bool:
            talking = _connected(port)
            found[:] = [pid for pid in children_of(self.process) if _sockets(pid) & talking]
            return len(found) == calls

        until(all_there)
        return found

    def until_whole(self, workers: int) -> None:
        """Wait until so many workers take calls, and one more is ready to."""
        states = sorted([State.READY, *[State.SERVING] * workers])
        until(lambda: self.states == states)

    @property
    def states(self) -> list[State]:
        """Of all workers, as they stand on the line's own board."""
        return sorted(slot.state for slot in self.scoreboard.slots if slot.state)

    @cached_property
    def scoreboard(self) -> Scoreboard:
        for file in Path(f"/proc/{self.process.pid}/fd").iterdir():
            if "scoreboard" in os.readlink(file):
                scoreboard = Scoreboard.inherited(os.open(file, os.O_RDWR))
                scoreboard.close()
                return scoreboard
        raise AssertionError("the supervisor has no scoreboard")


def _connected(port: int) -> set[str]:
    """Sockets of this machine that are connected to a port, by inode (proc_net_tcp(5))."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"}


def _sockets(pid: int) -> set[str]:
    """Inodes of a process's sockets."""
    found = set()
    try:
        for file in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{file}")
            if target.startswith("socket:"):
                found.add(target[8:-1])
    except OSError:
        pass  # it ends just now
    return found


@contextmanager
def staffed(folder: Path, workers: int = 2, **given: object) -> Iterator[Staff]:
    """Asterisk, and a line of so many workers and a spare."""
    with (
        asterisk_alone(folder / "home", **given) as line,
        line_process(line, "--workers", str(workers)) as process,
    ):
        staff = Staff(line, process)
        staff.until_whole(workers)
        yield staff


def goes_to_information(caller: Caller, language: Language) -> None:
    caller.language = language
    caller.press(f"{KEY_OF[language]}3")
    caller.hears("menu.info.news", 40)


def chooses_turkmen(caller: Caller) -> None:
    """As often as it takes: a worker that is at its end may take a key along."""
    caller.language = Language.TURKMEN
    for _ in range(3):
        caller.press(KEY_OF[Language.TURKMEN])
        with suppress(AssertionError):
            caller.hears("menu.main.account", 15)
            return
    raise AssertionError("no worker has taken the call")


def hears_the_menu_again(staff: Staff, caller: Caller, before: list[int]) -> None:
    """From its beginning, from another worker, and it works.

    The key that is pressed first ends what Asterisk plays: only then it sees that the worker is
    gone. If it has seen it before, the key is none of this menu's.
    """
    caller.press("9")
    until(lambda: staff.holding() != before)
    caller.hears("menu.info.news", 40)
    caller.press("2")
    caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))


@pytest.mark.parametrize(
    ("sent", "workers", "language"),
    [
        pytest.param(signal.SIGKILL, 1, Language.TURKMEN, marks=pytest.mark.nightly),
        (signal.SIGKILL, 2, Language.RUSSIAN),
        pytest.param(signal.SIGSTOP, 1, Language.ENGLISH, marks=pytest.mark.nightly),
        pytest.param(signal.SIGSTOP, 2, Language.TURKMEN, marks=pytest.mark.nightly),
    ],
)
def test_another_worker_goes_on_at_the_same_menu(
    folder: Path, sent: signal.Signals, workers: int, language: Language
) -> None:
    with staffed(folder, workers) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, language)
        (worker,) = staff.holding()
        os.kill(worker, sent)
        hears_the_menu_again(staff, caller, [worker])
        staff.until_whole(workers)


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_a_long_call_outlives_any_number_of_workers(folder: Path) -> None:
    with staffed(folder) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, Language.RUSSIAN)
        for _ in range(4):
            (worker,) = staff.holding()
            os.kill(worker, signal.SIGKILL)
            hears_the_menu_again(staff, caller, [worker])
            caller.press("*")
            caller.hears("menu.info.news", 40)
            pause(LONG_SECONDS)  # what the dialplan forgets a loss after


@pytest.mark.nightly
def test_without_any_worker_callers_are_told_and_a_new_worker_serves_new_calls(
    folder: Path, language: Language
) -> None:
    with staffed(folder, 1) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, language)
        with nobody_can_start(staff):
            for pid in children_of(staff.process):
                os.kill(pid, signal.SIGKILL)
            caller.press("2")  # so that Asterisk notices
            caller.hears("dialplan.failure")
        staff.until_whole(1)
        with staff.line.call(staff.line.number()) as other:
            goes_to_information(other, language)


@contextmanager
def nobody_can_start(staff: Staff) -> Iterator[None]:
    """Workers that are started meanwhile find no release to serve with."""
    database = staff.line.settings.home / "ivr.sqlite"
    away = database.rename(database.with_suffix(".away"))
    database.mkdir()
    yield
    shutil.rmtree(database)
    away.rename(database)


@pytest.mark.nightly
def test_a_rolling_restart_costs_no_call(folder: Path) -> None:
    with staffed(folder, drain_seconds=1) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, Language.RUSSIAN)
        (worker,) = staff.holding()
        before = set(children_of(staff.process))
        staff.process.send_signal(signal.SIGHUP)
        until(lambda: not before & set(children_of(staff.process)))
        hears_the_menu_again(staff, caller, [worker])
        staff.until_whole(2)
        assert staff.scoreboard.replaced(Replaced.ROLLING) == 3
        assert staff.scoreboard.replaced(Replaced.KILLED) == 0


@pytest.mark.nightly
def test_during_a_rolling_restart_a_call_may_end_where_it_began(folder: Path) -> None:
    with staffed(folder) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, Language.TURKMEN)
        (worker,) = staff.holding()
        staff.process.send_signal(signal.SIGHUP)
        until(lambda: staff.states.count(State.DRAINING) == 1 and State.READY in staff.states)
        caller.press("2")
        caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))
        assert staff.holding() == [worker]
        caller.phone.hangup()
        until(lambda: worker not in children_of(staff.process))


@pytest.mark.nightly
def test_a_new_worker_that_does_not_serve_leaves_the_old_ones(folder: Path) -> None:
    with staffed(folder) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, Language.ENGLISH)
        before = set(children_of(staff.process))
        with nobody_can_start(staff):
            staff.process.send_signal(signal.SIGHUP)
            until(lambda: staff.scoreboard.replaced(Replaced.KILLED) == 1)
        assert staff.process.stderr is not None
        assert b"is a folder" in staff.process.stderr.readline()  # the new worker says why
        assert b"a new worker does not start" in staff.process.stderr.readline()
        assert set(children_of(staff.process)) == before
        caller.press("2")
        caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))
        assert staff.scoreboard.replaced(Replaced.ROLLING) == 0


@pytest.mark.nightly
def test_a_worker_without_memory_gives_its_calls_away(folder: Path) -> None:
    with staffed(folder) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, Language.RUSSIAN)
        (worker,) = staff.holding()
        size = int(Path(f"/proc/{worker}/statm").read_text().split()[0]) * resource.getpagesize()
        resource.prlimit(worker, resource.RLIMIT_AS, (size, size))  # no room for a thread's stack
        for _ in range(2):  # workers take turns
            with staff.line.call(staff.line.number()) as other:
                chooses_turkmen(other)
        until(lambda: worker not in children_of(staff.process))
        hears_the_menu_again(staff, caller, [worker])
    assert "the worker ends itself" in (folder / "home/logs/line.log").read_text()


@pytest.mark.nightly
def test_the_bound_is_that_of_all_workers_together(folder: Path) -> None:
    with (
        staffed(folder, 2, max_calls=2) as staff,
        staff.line.call(staff.line.number()) as first,
        staff.line.call(staff.line.number()) as second,
    ):
        goes_to_information(first, Language.TURKMEN)
        goes_to_information(second, Language.TURKMEN)
        assert len(staff.holding(2)) == 2, "they take turns"
        with staff.line.call(staff.line.number()) as third:
            third.hears("dialplan.busy", language=Language.TURKMEN)
        os.kill(staff.holding(2)[0], signal.SIGKILL)
        for caller in (first, second):
            caller.press("9")
            caller.hears("menu.info.news", 40)
        until(lambda: staff.scoreboard.calls == 2)


@pytest.mark.nightly
def test_a_killed_supervisor_costs_no_call_and_makes_room_for_the_next(folder: Path) -> None:
    with staffed(folder) as staff, staff.line.call(staff.line.number()) as caller:
        goes_to_information(caller, Language.ENGLISH)
        (worker,) = staff.holding()
        staff.process.kill()
        staff.process.wait()
        caller.press("2")
        caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))
        with line_process(staff.line), staff.line.call(staff.line.number()) as other:
            assert _sockets(worker), "it still serves its call"
            goes_to_information(other, Language.ENGLISH)
        caller.phone.hangup()
        until(lambda: not _sockets(worker))

"""Whose processor time it was: the line's and its Asterisk's, or another's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ivr.telephony.processors import Processors, Spent

HOME = Path("/srv/ivr")
CONFIGURATION = "/srv/ivr/asterisk/system/asterisk.conf"
SUPERVISOR, WORKER, ASTERISK, NEIGHBOUR = 100, 101, 200, 300


class Machine:
    """Files as those of /proc. Times are in ticks."""

    def __init__(self, proc: Path) -> None:
        self.proc = proc
        self.time = 0.0
        self.processors = Processors(HOME, SUPERVISOR, proc, lambda: self.time)
        self.total(0, 0, 0, 0)
        self.process(1, 0, "init")
        self.process(SUPERVISOR, 1, "python -m ivr line")
        self.process(WORKER, SUPERVISOR, "python -m ivr line-worker")
        self.process(NEIGHBOUR, 1, "pg_dump")

    def total(self, user: int, nice: int, idle: int, steal: int) -> None:
        self.proc.joinpath("stat").write_text(f"cpu {user} {nice} 0 {idle} 0 0 0 {steal} 0 0\n")

    def process(self, pid: int, parent: int, command: str, ticks: int = 0) -> None:
        folder = self.proc / str(pid)
        folder.mkdir(exist_ok=True)
        figures = f"0 0 0 0 0 0 0 0 0 {ticks} 0 0 0 20 0 1"
        (folder / "stat").write_text(f"{pid} (a) name) S {parent} {figures}\n")
        (folder / "cmdline").write_bytes(b"\0".join(map(str.encode, command.split(" "))))

    def asterisk(self, ticks: int = 0, configuration: str = CONFIGURATION) -> None:
        self.process(ASTERISK, 1, f"/usr/sbin/asterisk -f -C {configuration}", ticks)

    def spent(self, seconds: float = 5.0) -> Spent:
        self.time += seconds
        return self.processors.spent()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_line_and_its_asterisk_are_ours_and_a_neighbour_is_not(machine: Machine) -> None:
    machine.asterisk(50)
    before = machine.spent().ours
    machine.process(SUPERVISOR, 1, "python -m ivr line", 3)
    machine.process(WORKER, SUPERVISOR, "python -m ivr line-worker", 20)
    machine.process(NEIGHBOUR, 1, "pg_dump", 900)
    machine.asterisk(57)
    machine.total(930, 0, 70, 0)
    assert machine.spent().ours - before == 30


def test_another_installation_s_asterisk_is_not_ours(machine: Machine) -> None:
    machine.asterisk()
    machine.process(400, 1, "asterisk -f -C /srv/ivr2/asterisk/system/asterisk.conf")
    before = machine.spent().ours
    machine.process(400, 1, "asterisk -f -C /srv/ivr2/asterisk/system/asterisk.conf", 500)
    assert machine.spent().ours == before


def test_a_process_that_ends_takes_nothing_back(machine: Machine) -> None:
    machine.asterisk()
    machine.spent()
    machine.process(WORKER, SUPERVISOR, "python -m ivr line-worker", 400)
    before = machine.spent().ours
    shutil.rmtree(machine.proc / str(WORKER))
    machine.process(102, SUPERVISOR, "python -m ivr line-worker", 10)
    assert machine.spent().ours == before
    machine.process(102, SUPERVISOR, "python -m ivr line-worker", 14)
    assert machine.spent().ours == before + 4


def test_low_priority_is_spare_and_what_the_host_took_is_nobody_s(machine: Machine) -> None:
    machine.total(100, 40, 60, 800)
    found = machine.spent()
    assert (found.spare, found.all) == (100, 200)


def test_without_an_asterisk_to_see_all_work_counts(machine: Machine) -> None:
    before = machine.spent().ours
    machine.total(500, 300, 200, 0)
    assert machine.spent().ours - before == 500


def test_an_asterisk_that_comes_later_makes_no_leap(machine: Machine) -> None:
    machine.total(10_000, 0, 0, 0)
    before = machine.spent().ours
    machine.asterisk()
    machine.total(10_100, 0, 0, 0)
    assert machine.spent().ours == before
    shutil.rmtree(machine.proc / str(ASTERISK))
    machine.total(10_150, 0, 0, 0)
    assert machine.spent().ours == before + 50


def test_this_machine_is_read(tmp_path: Path) -> None:
    processors = Processors(tmp_path, os.getpid())
    first, then = processors.spent(), processors.spent()
    assert first.all > first.spare > 0
    assert then.all >= first.all
    assert then.ours >= first.ours

"""Fewer calls are let in when the machine is too busy, and more again when it has some room."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.telephony.load import Admission, Load, Ticks, processor_ticks


@dataclass
class Machine:
    """Its work is told in percent, and lasts for so many seconds."""

    shed_cpu: float = 90.0
    calls: int = 100
    time: float = 1000.0
    all: int = 0
    work: int = 0
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        load = Load(self.ticks, lambda: self.time)
        self.admission = Admission(500, self.shed_cpu, load)
        self.admission.look(lambda: self.calls)

    def ticks(self) -> Ticks:
        return self.all, self.work

    def is_at(self, percent: int, seconds: float) -> int:
        """How many calls are let in then."""
        for _ in range(round(seconds * 2)):
            self.time += 0.5
            self.all += 100
            self.work += percent
            self.admission.look(lambda: self.calls)
        return self.admission.most


def test_a_moment_of_work_is_no_overload() -> None:
    machine = Machine()
    assert machine.is_at(100, 0.5) == 500
    assert machine.is_at(0, 10) == 500
    assert machine.is_at(100, 0.5) == 500


def test_a_second_of_it_lets_as_many_in_as_the_machine_can_hold() -> None:
    machine = Machine(shed_cpu=80)
    assert machine.is_at(50, 10) == 500
    assert machine.is_at(100, 1.5) == 80, "of a hundred calls four in five"


def test_it_is_not_narrowed_again_for_the_same_calls() -> None:
    machine = Machine(shed_cpu=80)
    assert machine.is_at(100, 10) == 80
    machine.calls = 90
    assert machine.is_at(100, 10) == 72


def test_it_stays_as_it_is_close_to_the_bound_and_grows_below_it() -> None:
    machine = Machine(shed_cpu=80)
    narrow = machine.is_at(100, 3)
    machine.is_at(78, 1)
    assert machine.is_at(78, 20) == narrow
    assert narrow < machine.is_at(70, 3) < 2 * narrow
    assert machine.is_at(70, 120) == 500


def test_it_grows_again_from_none() -> None:
    machine = Machine(calls=0)
    assert machine.is_at(100, 3) == 0
    assert machine.is_at(10, 3) > 4


@pytest.mark.parametrize(("shed_cpu", "percent"), [(0, 100), (100, 100), (90, 89)])
def test_under_the_bound_and_without_one_all_are_let_in(shed_cpu: float, percent: int) -> None:
    assert Machine(shed_cpu).is_at(percent, 10) == 500


def test_the_processors_of_this_machine_are_read() -> None:
    everything, work = processor_ticks()
    assert everything > work > 0
    assert processor_ticks()[0] >= everything

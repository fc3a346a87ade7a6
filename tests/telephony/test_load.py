"""New calls are shed when the machine is too busy, and taken again when it has some room."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.telephony.load import Load, Ticks, processor_ticks


@dataclass
class Machine:
    """Its load is told in percent, and lasts for so many seconds."""

    most: float = 90.0
    time: float = 1000.0
    all: int = 0
    work: int = 0
    load: Load = field(init=False)

    def __post_init__(self) -> None:
        self.load = Load(self.most, self.ticks, lambda: self.time)
        self.load.look()

    def ticks(self) -> Ticks:
        return self.all, self.work

    def is_at(self, percent: int, seconds: float) -> bool:
        for _ in range(int(seconds * 10)):
            self.time += 0.1
            self.all += 100
            self.work += percent
            self.load.look()
        return self.load.shedding


def test_a_moment_of_work_is_no_overload() -> None:
    machine = Machine()
    assert not machine.is_at(100, 1.5)
    assert not machine.is_at(0, 10)
    assert not machine.is_at(100, 1.0)


def test_seconds_of_it_are() -> None:
    machine = Machine()
    machine.is_at(50, 10)
    assert machine.is_at(100, 3)


def test_it_ends_some_way_below_where_it_began() -> None:
    machine = Machine()
    assert machine.is_at(95, 5)
    assert machine.is_at(85, 20)
    assert not machine.is_at(75, 5)
    assert not machine.is_at(85, 20)


@pytest.mark.parametrize(("most", "percent"), [(0, 100), (100, 99), (90, 89)])
def test_under_the_bound_and_without_one_nobody_is_sent_away(most: float, percent: int) -> None:
    assert not Machine(most).is_at(percent, 10)


def test_the_processors_of_this_machine_are_read() -> None:
    everything, work = processor_ticks()
    assert everything > work > 0
    assert processor_ticks()[0] >= everything

"""Fewer calls are let in when the line is too busy, and more again when it has some room."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.telephony.admission import Admission, Load
from ivr.telephony.processors import Spent

MOST = 500
LEAST = 125


@dataclass
class Machine:
    """Its work is told in percent of the machine, and lasts for so many seconds."""

    shed_cpu: float = 90.0
    calls: int = 200
    most: int = MOST
    time: float = 1000.0
    ours: int = 0
    spare: int = 0
    all: int = 0
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        load = Load(lambda: Spent(self.ours, self.spare, self.all), lambda: self.time)
        self.admission = Admission(self.most, self.shed_cpu, load)
        self.admission.look(lambda: self.calls)

    def is_at(self, percent: int, seconds: float, others: int = 0, stolen: int = 0) -> int:
        """How many calls are let in then, if the line has ``percent`` of the machine."""
        for _ in range(round(seconds * 2)):
            self.time += 0.5
            self.all += 100 - stolen
            self.ours += percent
            self.spare += max(0, 100 - stolen - percent - others)
            self.admission.look(lambda: self.calls)
        return self.admission.most


def test_a_moment_of_work_is_no_overload() -> None:
    machine = Machine()
    assert machine.is_at(100, 0.5) == MOST
    assert machine.is_at(0, 10) == MOST
    assert machine.is_at(100, 0.5) == MOST


def test_a_second_of_it_lets_as_many_in_as_the_machine_can_hold() -> None:
    machine = Machine(shed_cpu=80)
    assert machine.is_at(50, 10) == MOST
    assert machine.is_at(100, 1.5) == 160, "of two hundred calls four in five"


def test_it_is_not_narrowed_again_for_the_same_calls() -> None:
    machine = Machine(shed_cpu=80)
    assert machine.is_at(100, 10) == 160
    machine.calls = 180
    assert machine.is_at(100, 10) == 144


def test_it_stays_as_it_is_close_to_the_bound_and_grows_below_it() -> None:
    machine = Machine(shed_cpu=80)
    narrow = machine.is_at(100, 3)
    machine.is_at(78, 1)
    assert machine.is_at(78, 20) == narrow
    assert narrow < machine.is_at(70, 3) < 2 * narrow
    assert machine.is_at(70, 120) == MOST


@pytest.mark.parametrize("calls", [126, 130, 200, 500])
@pytest.mark.parametrize("percent", [91, 95, 100])
def test_a_quarter_of_the_bound_is_let_in_whatever_the_line_does(calls: int, percent: int) -> None:
    machine = Machine(calls=calls)
    for _ in range(30):
        assert machine.is_at(percent, 2) >= LEAST
        machine.calls = max(LEAST + 1, machine.calls * 9 // 10)
    assert machine.admission.most == LEAST


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 7, 500, 20_000])
def test_the_quarter_is_never_none(most: int) -> None:
    machine = Machine(most=most, calls=most)
    assert 4 * machine.is_at(100, 60) >= most > 0


@pytest.mark.parametrize("calls", [0, 1, 125])
def test_the_work_of_a_line_with_few_calls_is_not_theirs(calls: int) -> None:
    assert Machine(calls=calls).is_at(100, 10) == MOST


@pytest.mark.parametrize("calls", [0, 1, 60, 200, 400])
@pytest.mark.parametrize(
    ("ours", "others", "stolen"),
    [
        pytest.param(1, 99, 0, id="both processors busy with something else"),
        pytest.param(40, 60, 0, id="a dump of the database"),
        pytest.param(2, 30, 68, id="the host gives the machine a third"),
        pytest.param(0, 10, 90, id="the host gives next to nothing"),
        pytest.param(5, 95, 0, id="an import"),
    ],
)
def test_what_others_do_closes_no_line(calls: int, ours: int, others: int, stolen: int) -> None:
    assert Machine(calls=calls).is_at(ours, 120, others, stolen) == MOST


def test_the_first_call_is_let_in_on_a_machine_that_was_busy_since_it_began() -> None:
    machine = Machine(calls=0)
    assert machine.is_at(1, 300, others=99) == MOST
    machine.calls = 1
    assert machine.is_at(3, 5, others=97) >= 1


def test_the_line_is_weighed_against_what_others_leave_to_it() -> None:
    """It has all that is left, and could have no more."""
    assert Machine(shed_cpu=80).is_at(60, 3, others=40) == 160
    assert Machine(shed_cpu=80).is_at(30, 3, stolen=70) == 160


@pytest.mark.parametrize(("shed_cpu", "percent"), [(0, 100), (100, 100), (90, 89)])
def test_under_the_bound_and_without_one_all_are_let_in(shed_cpu: float, percent: int) -> None:
    assert Machine(shed_cpu).is_at(percent, 10) == MOST

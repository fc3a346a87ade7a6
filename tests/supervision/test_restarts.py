"""A process that ends by itself is started again; one that always ends may be given up."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.errors import Unusable
from ivr.supervision.restarts import LONGEST_PAUSE, MOST_ENDS, WITHIN, Restarts


class Frail:
    """A process that a test ends."""

    def __init__(self) -> None:
        self.is_there = True
        self.starts = 0

    def running(self) -> bool:
        return self.is_there

    def check_running(self) -> None:
        raise Unusable("it ended by itself")

    def start_again(self) -> None:
        self.is_there = True
        self.starts += 1


@dataclass
class Looked:
    """Restarts of a frail process, and a clock that a test moves."""

    is_given_up: bool = False
    time: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.process = Frail()
        self.restarts = Restarts(
            "ivr orders",
            self.process,
            self.said.append,
            is_given_up=self.is_given_up,
            now=lambda: self.time,
        )

    def end(self, after: float = 0.0) -> None:
        """Let it end, and look at once."""
        self.time += after
        self.process.is_there = False
        self.restarts.look()

    def wait(self, seconds: float) -> int:
        """Look after so many seconds; answers how often it was started."""
        self.time += seconds
        self.restarts.look()
        return self.process.starts


def test_one_that_runs_is_left_alone() -> None:
    looked = Looked()
    assert looked.wait(100) == 0
    assert looked.said == []


def test_one_that_ended_is_started_again_after_a_pause_and_people_are_told() -> None:
    looked = Looked()
    looked.end()
    assert looked.said == ["ivr orders ended by itself: it is started again in 0.5 s"]
    assert looked.wait(0.4) == 0
    assert looked.wait(0.1) == 1
    looked.end()
    assert looked.wait(0.9) == 1, "the second pause is twice as long"
    assert looked.wait(0.1) == 2


def test_one_that_always_ends_is_tried_for_ever_with_bounded_pauses() -> None:
    looked = Looked()
    for starts in range(20):
        looked.end()
        assert looked.wait(LONGEST_PAUSE) == starts + 1


def test_one_that_always_ends_is_given_up_where_that_is_wanted() -> None:
    looked = Looked(is_given_up=True)
    for _ in range(MOST_ENDS - 1):
        looked.end()
        looked.wait(10)
    with pytest.raises(Unusable, match="ended by itself"):
        looked.end()


def test_ends_that_are_far_apart_are_no_loop() -> None:
    looked = Looked(is_given_up=True)
    for starts in range(3 * MOST_ENDS):
        looked.end(after=WITHIN)
        assert looked.wait(0.5) == starts + 1

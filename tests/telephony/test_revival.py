"""An Asterisk that ends by itself is started again, and given up when it always ends."""

from __future__ import annotations

import threading

import pytest

from ivr.errors import Unusable
from ivr.telephony.revival import MOST_ENDS, WITHIN, Revival


class Frail:
    """An Asterisk that a test ends."""

    def __init__(self) -> None:
        self.is_there = True
        self.starts = 0

    def running(self) -> bool:
        return self.is_there

    def check_running(self) -> None:
        raise Unusable("Asterisk ended by itself")

    def start_again(self) -> None:
        self.is_there = True
        self.starts += 1


class NoWaiting(threading.Event):
    """A stop that nobody asks for, and pauses that a test does not wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        return self.is_set()


@pytest.fixture
def asterisk() -> Frail:
    return Frail()


def test_one_that_runs_is_left_alone(asterisk: Frail) -> None:
    Revival(asterisk, pytest.fail).look(NoWaiting())
    assert asterisk.starts == 0


def test_one_that_ended_is_started_again_and_people_are_told(asterisk: Frail) -> None:
    said: list[str] = []
    revival, stop = Revival(asterisk, said.append), NoWaiting()
    for _ in range(2):
        asterisk.is_there = False
        revival.look(stop)
        revival.look(stop)
    assert asterisk.starts == 2
    assert stop.pauses == [0.5, 1.0]
    assert "started again in 0.5 s" in said[0]


def test_one_that_always_ends_is_given_up(asterisk: Frail) -> None:
    revival, stop = Revival(asterisk, lambda _said: None, now=lambda: 0.0), NoWaiting()
    for _ in range(MOST_ENDS - 1):
        asterisk.is_there = False
        revival.look(stop)
    asterisk.is_there = False
    with pytest.raises(Unusable, match="ended by itself"):
        revival.look(stop)
    assert asterisk.starts == MOST_ENDS - 1


def test_ends_that_are_far_apart_are_no_loop(asterisk: Frail) -> None:
    times = iter(range(0, 100 * int(WITHIN), int(WITHIN)))
    revival = Revival(asterisk, lambda _said: None, now=lambda: float(next(times)))
    for _ in range(3 * MOST_ENDS):
        asterisk.is_there = False
        revival.look(NoWaiting())
    assert asterisk.starts == 3 * MOST_ENDS


def test_who_ends_everything_does_not_wait_for_a_start(asterisk: Frail) -> None:
    asterisk.is_there, stop = False, NoWaiting()
    stop.set()
    Revival(asterisk, lambda _said: None).look(stop)
    assert asterisk.starts == 0

"""The loop of every worker: rounds, pauses that grow with failures, and the end."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
import structlog

from ivr import metrics
from ivr.care.worker import run_rounds, spread
from ivr.errors import TemporarilyUnavailable
from tests.metrics.exposed import samples, value

AWAY = TemporarilyUnavailable("database")


class Rounds:
    """Rounds that end as is given, one after another; the last one stops the loop."""

    def __init__(self, ends: Sequence[Exception | None]) -> None:
        self.ends = list(ends)
        self.stop = threading.Event()
        self.pauses: list[float] = []

    def once(self) -> None:
        end = self.ends.pop(0)
        if not self.ends:
            self.stop.set()
        if end is not None:
            raise end

    def run(self, idle: float = 1.0, **given: float) -> list[float]:
        """Answers the pauses that were made, which no test waits for."""
        run_rounds(
            "trial",
            self.once,
            self.stop,
            idle,
            pause=self.pauses.append,
            jitter=lambda: 1.0,
            **given,
        )
        return self.pauses


def test_rounds_follow_each_other_after_a_pause_until_the_end() -> None:
    assert Rounds([None, None, None]).run(idle=2.0) == [2.0, 2.0, 2.0]


def test_none_is_made_when_it_is_stopped_before() -> None:
    rounds = Rounds([None])
    rounds.stop.set()
    assert rounds.run() == []


def test_pauses_grow_with_failures_up_to_a_bound_and_shrink_at_once() -> None:
    rounds = Rounds([AWAY] * 5 + [None, AWAY])
    assert rounds.run() == [1.0, 2.0, 4.0, 5.0, 5.0, 1.0, 1.0]


def test_the_first_pause_after_a_failure_may_be_another() -> None:
    rounds = Rounds([None, AWAY, AWAY, None])
    assert rounds.run(idle=300.0, retry=2.0) == [300.0, 2.0, 4.0, 300.0]


@pytest.mark.parametrize("error", [AWAY, ValueError("a fault of ours")])
def test_a_round_that_fails_is_told_and_does_not_end_the_loop(error: Exception) -> None:
    with structlog.testing.capture_logs() as logs:
        Rounds([error, None]).run()
    assert [(each["event"], each["loop"], each["failures"]) for each in logs] == [
        ("a round has failed", "trial", 1)
    ]


def test_rounds_are_counted_by_how_they_ended() -> None:
    def count(result: str) -> float:
        found = samples(metrics.exposition().decode())
        return value(found, "ivr_rounds_total", loop="trial", result=result)

    Rounds([None, AWAY]).run()  # so that both are there
    before = count("done"), count("failed")
    Rounds([None, None, AWAY]).run()
    assert (count("done"), count("failed")) == (before[0] + 2, before[1] + 1)


def test_workers_on_several_machines_do_not_keep_time() -> None:
    pauses = {spread() for _ in range(20)}
    assert len(pauses) > 1
    assert all(0.8 <= each <= 1.2 for each in pauses)

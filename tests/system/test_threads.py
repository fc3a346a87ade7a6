"""Thread pools whose work logs as its submitter does."""

from __future__ import annotations

import threading

import pytest
import structlog

from ivr.system.threads import ContextExecutor

SECONDS = 10.0


def test_work_has_the_context_of_its_submitter() -> None:
    with ContextExecutor("test") as executor:
        with structlog.contextvars.bound_contextvars(call="a"):
            first = executor.submit(structlog.contextvars.get_contextvars)
        second = executor.submit(structlog.contextvars.get_contextvars)
        assert (first.result(SECONDS), second.result(SECONDS)) == ({"call": "a"}, {})


def test_no_work_waits_for_other_work() -> None:
    many = 40
    together = threading.Barrier(many)
    with ContextExecutor("test") as executor:
        waiting = [executor.submit(together.wait, SECONDS) for _ in range(many)]
        assert sorted(each.result(SECONDS) for each in waiting) == list(range(many))


def test_what_work_raises_is_raised_where_it_is_waited_for() -> None:
    with ContextExecutor("test") as executor, pytest.raises(ValueError, match="x"):
        executor.submit(int, "x").result(SECONDS)

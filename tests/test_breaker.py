"""The circuit breaker: closed, open, half open."""

from __future__ import annotations

import pytest

from ivr.system.breaker import LONGEST_REST, Breaker, BreakerOpen, BreakerState


class Time:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(failures=3, rest=2.0, now=time)


def fails(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(OSError, match="down"), breaker.passing():
            raise OSError("down")


def passes(breaker: Breaker) -> None:
    with breaker.passing():
        pass


def test_it_opens_after_failures_in_a_row_and_then_lets_nothing_pass(breaker: Breaker) -> None:
    fails(breaker, 3)
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(BreakerOpen), breaker.passing():
        raise AssertionError("it was let through")


def test_an_answer_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    fails(breaker, 2)
    passes(breaker)
    fails(breaker, 2)
    assert breaker.state is BreakerState.CLOSED


def test_after_its_rest_one_request_tries_and_closes_it(breaker: Breaker, time: Time) -> None:
    fails(breaker, 3)
    time.seconds += 2.5
    with breaker.passing():
        assert breaker.state is BreakerState.HALF_OPEN
        with pytest.raises(BreakerOpen), breaker.passing():
            raise AssertionError("a second one was let through")
    passes(breaker)
    passes(breaker)


def test_a_failed_try_makes_it_rest_twice_as_long(breaker: Breaker, time: Time) -> None:
    fails(breaker, 3)
    time.seconds += 2.5
    fails(breaker)
    time.seconds += 2.5
    with pytest.raises(BreakerOpen):
        passes(breaker)
    time.seconds += 2.5
    passes(breaker)
    assert breaker.state is BreakerState.CLOSED


def test_it_never_rests_longer_than_its_longest(breaker: Breaker, time: Time) -> None:
    fails(breaker, 3)
    for _ in range(12):
        time.seconds += LONGEST_REST * 1.3
        fails(breaker)
    time.seconds += LONGEST_REST * 1.3
    passes(breaker)
    assert breaker.state is BreakerState.CLOSED


def test_each_new_state_is_told(time: Time) -> None:
    seen: list[BreakerState] = []
    breaker = Breaker(failures=1, rest=1.0, now=time, changed=seen.append)
    fails(breaker)
    time.seconds += 2
    passes(breaker)
    assert seen == [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED]


def test_an_excused_error_opens_nothing_and_closes_nothing(time: Time) -> None:
    breaker = Breaker(failures=1, rest=2.0, now=time)
    with pytest.raises(KeyError), breaker.passing(KeyError):
        raise KeyError("busy")
    passes(breaker)
    fails(breaker)
    time.seconds += 2.5
    with pytest.raises(KeyError), breaker.passing(KeyError):
        raise KeyError("busy")
    assert breaker.state is BreakerState.OPEN

"""A caller waits for the network: a moment, then no longer. The order goes on all the same."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from ivr.aside import Threads
from ivr.care.asking import MOMENT, PATIENCE, AtOnce
from ivr.care.orders import IN_HAND
from ivr.domain.orders import OrderState
from ivr.domain.services import Receipt, Settled
from ivr.errors import CallerHungUp
from ivr.ports.aside import Aside
from ivr.testing.acting import on_phone
from ivr.testing.aside import SlowAside
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, Operator
from tests.care.services import offered, on, operator, services, subscriptions


def order(made: Operator, moments: list[float], *, hangs_up: bool = False) -> Receipt:
    begun = made.clock.now()

    def moment() -> None:
        moments.append((made.clock.now() - begun).total_seconds())
        if hangs_up:
            raise CallerHungUp("gone")

    return subscriptions(made).order(
        *on_phone("call", 1), NUMBER, offered(made, on("gprs")), moment
    )


class TestPatience:
    @pytest.mark.parametrize(
        ("takes", "settled", "moments"),
        [
            (0.0, Settled.DONE, []),
            (1.4, Settled.DONE, []),
            (1.6, Settled.DONE, [MOMENT]),
            (7.9, Settled.DONE, [MOMENT]),
            (8.1, Settled.ACCEPTED, [MOMENT]),
            (60.0, Settled.ACCEPTED, [MOMENT]),
        ],
    )
    def test_what_is_told_is_what_is_so_by_then(
        self, takes: float, settled: Settled, moments: list[float]
    ) -> None:
        made = operator()
        made.aside.takes = takes
        begun, told = made.clock.now(), list[float]()
        assert order(made, told).settled is settled
        assert told == moments
        waited = (made.clock.now() - begun).total_seconds()
        assert waited == pytest.approx(min(takes, PATIENCE))

    def test_the_words_count_as_waiting(self) -> None:
        made = operator()
        made.aside.takes = 60.0
        begun = made.clock.now()
        subscriptions(made).order(
            *on_phone("call", 1), NUMBER, offered(made, on("gprs")), lambda: made.clock.sleep(4)
        )
        assert (made.clock.now() - begun).total_seconds() == pytest.approx(PATIENCE)

    def test_a_slow_refusal_is_told(self) -> None:
        made = operator()
        made.aside.takes, made.network.refuses = 3.0, True
        assert order(made, []).settled is Settled.REFUSED

    def test_a_hang_up_loses_nothing(self) -> None:
        made = operator()
        made.aside.takes = 3.0
        with pytest.raises(CallerHungUp):
            order(made, [], hangs_up=True)
        assert services(made) == "sms"
        made.aside.finish()
        assert services(made) == "gprs sms"

    def test_the_worker_leaves_alone_what_the_call_has_in_hand(self) -> None:
        made = operator()
        made.aside.takes = 60.0
        order(made, [])
        worker = made.worker()
        assert worker.once() == 0
        made.clock.sleep(IN_HAND - PATIENCE)
        assert worker.once() == 1


@given(
    takes=st.sampled_from([0.0, 2.0, 9.0, 30.0]),
    hangs_up=st.booleans(),
    outage=st.booleans(),
    finishes_after=st.integers(0, 4),
    rounds=st.lists(st.sampled_from([0.5, 3, 11]), max_size=5),
)
def test_whoever_finishes_first_it_is_done_once_and_told_truly(
    takes: float, hangs_up: bool, outage: bool, finishes_after: int, rounds: list[float]
) -> None:
    made = operator(balance=1000)
    made.aside.takes, made.network.outage = takes, outage
    receipt: Receipt | None = None
    try:
        receipt = order(made, [], hangs_up=hangs_up)
    except CallerHungUp:
        assert takes > MOMENT
    if receipt is not None and receipt.settled is Settled.DONE:
        assert services(made) == "gprs sms"
    made.network.outage = False
    worker = made.worker()
    for turn, seconds in enumerate([*rounds, 400, 400]):
        if turn == finishes_after:
            made.aside.finish()
        made.clock.sleep(seconds)
        worker.once()
    made.aside.finish()
    assert [each.state for each in made.book.orders.values()] == [OrderState.COMPLETED]
    assert len(made.network.done) == 1
    assert services(made) == "gprs sms"


class TestAsides:
    """Every way of working beside a dialogue."""

    @pytest.fixture(params=["threads", "slow", "at-once"])
    def aside(self, request: pytest.FixtureRequest) -> Aside:
        made: dict[str, Aside] = {
            "threads": Threads(),
            "slow": SlowAside(FixedClock(), 0.1),
            "at-once": AtOnce(),
        }
        return made[request.param]

    def test_work_is_done_and_its_end_seen(self, aside: Aside) -> None:
        done: list[int] = []
        started = aside.start(lambda: done.append(1))
        assert started.wait(10)
        assert started.wait(0)
        assert done == [1]


class TestThreads:
    def test_it_does_not_wait_longer_than_it_is_told(self) -> None:
        gate = threading.Event()

        def wait() -> None:
            gate.wait(10)

        started = Threads().start(wait)
        assert not started.wait(0.01)
        gate.set()
        assert started.wait(10)

    def test_what_fails_is_raised_where_it_is_waited_for_and_logged_anyway(self) -> None:
        def fail() -> None:
            raise ValueError("broken")

        with capture_logs() as logs:
            started = Threads().start(fail)
            with pytest.raises(ValueError, match="broken"):
                started.wait(10)
        assert [log["event"] for log in logs] == ["work beside a call has failed"]

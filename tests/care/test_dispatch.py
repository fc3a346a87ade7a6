"""A caller waits for the network: a moment, then no longer. The order goes on all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from ivr.care.carrier import IN_HAND
from ivr.care.dispatch import MOMENT, PATIENCE
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.services import Receipt, Settled
from ivr.errors import CallerHungUp
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, FakeNetwork, Operator, subscriber
from tests.care.services import offered, on, operator, services, subscriptions

FAULT = "an order that a call has made could not be carried out"


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
        made.executor.takes = takes
        begun, told = made.clock.now(), list[float]()
        assert order(made, told).settled is settled
        assert told == moments
        waited = (made.clock.now() - begun).total_seconds()
        assert waited == pytest.approx(min(takes, PATIENCE))

    def test_the_words_count_as_waiting(self) -> None:
        made = operator()
        made.executor.takes = 60.0
        begun = made.clock.now()
        subscriptions(made).order(
            *on_phone("call", 1), NUMBER, offered(made, on("gprs")), lambda: made.clock.sleep(4)
        )
        assert (made.clock.now() - begun).total_seconds() == pytest.approx(PATIENCE)

    def test_a_slow_refusal_is_told(self) -> None:
        made = operator()
        made.executor.takes, made.network.refuses = 3.0, True
        assert order(made, []).settled is Settled.REFUSED

    def test_a_hang_up_loses_nothing(self) -> None:
        made = operator()
        made.executor.takes = 3.0
        with pytest.raises(CallerHungUp):
            order(made, [], hangs_up=True)
        assert services(made) == "sms"
        made.executor.finish()
        assert services(made) == "gprs sms"

    def test_the_worker_leaves_alone_what_the_call_has_in_hand(self) -> None:
        made = operator()
        made.executor.takes = 60.0
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
    made.executor.takes, made.network.outage = takes, outage
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
            made.executor.finish()
        made.clock.sleep(seconds)
        worker.once()
    made.executor.finish()
    assert [each.state for each in made.orders.orders.values()] == [OrderState.COMPLETED]
    assert len(made.network.done) == 1
    assert services(made) == "gprs sms"


class BrokenNetwork(FakeNetwork):
    def carry_out(self, order: Order) -> NetworkAnswer:
        raise ValueError("broken")


class TestFaults:
    """What is broken is logged, whether the caller still waits or not."""

    def broken(self, takes: float) -> Operator:
        made = Operator(network=BrokenNetwork())
        made.add(subscriber(services="sms", balance=1_000))
        made.executor.takes = takes
        return made

    def test_a_fault_is_raised_where_it_is_waited_for_and_logged(self) -> None:
        with capture_logs() as logs, pytest.raises(ValueError, match="broken"):
            order(self.broken(takes=3.0), [])
        assert [log["event"] for log in logs] == [FAULT]

    def test_a_fault_after_the_caller_has_hung_up_is_logged(self) -> None:
        made = self.broken(takes=3.0)
        with pytest.raises(CallerHungUp):
            order(made, [], hangs_up=True)
        with capture_logs() as logs:
            made.executor.finish()
        assert [log["event"] for log in logs] == [FAULT]

    def test_a_caller_who_no_longer_waits_hears_what_is_so(self) -> None:
        made = self.broken(takes=60.0)
        assert order(made, []).settled is Settled.ACCEPTED

"""What a caller hears while the network takes its time."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.orders import OrderState
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, Operator
from tests.flow.conftest import Ring

ON = "1"
"""Confirm."""


@pytest.fixture
def gprs_is_confirmed() -> str:
    return f"3 2 # {CODEWORD_KEYS}# 1 1 {ON}"


def test_a_quick_answer_needs_no_words(
    ring: Ring, operator: Operator, gprs_is_confirmed: str
) -> None:
    call = ring(gprs_is_confirmed)
    assert "change.on.done" in call.keys
    assert "change.moment" not in call.keys


def test_after_a_moment_of_silence_the_caller_hears_that_it_goes_on(
    ring: Ring, operator: Operator, gprs_is_confirmed: str
) -> None:
    operator.executor.takes = 3.0
    call = ring(gprs_is_confirmed)
    assert call.keys.index("change.moment") < call.keys.index("change.on.done")
    assert "change.promised" not in call.keys


def test_after_eight_seconds_it_is_accepted_and_promised_by_text_message(
    ring: Ring, operator: Operator, gprs_is_confirmed: str
) -> None:
    operator.executor.takes = 30.0
    call = ring(gprs_is_confirmed)
    told = [key for key in call.keys if key.startswith("change.")]
    assert told[-4:] == ["change.moment", "change.on.accepted", "change.promised", "change.undo"]
    operator.executor.finish()
    (order,) = operator.orders.orders.values()
    assert order.state is OrderState.COMPLETED


def test_a_refusal_after_a_while_is_told(
    ring: Ring, operator: Operator, gprs_is_confirmed: str
) -> None:
    operator.executor.takes, operator.network.refuses = 5.0, True
    call = ring(gprs_is_confirmed)
    assert call.keys.index("change.moment") < call.keys.index("refused.network")


def test_an_undo_of_what_is_still_asked_for_cancels_it(
    ring: Ring, operator: Operator, gprs_is_confirmed: str
) -> None:
    operator.executor.takes = 30.0
    call = ring(f"{gprs_is_confirmed} 2")
    assert call.keys.index("change.undo.accepted") < len(call.keys) - 1
    assert call.keys[call.keys.index("change.undo.accepted") + 1] == "change.promised"
    assert "gprs" not in operator.subscribers.rows[NUMBER].services
    assert call.outcome is CallOutcome.HUNG_UP
    operator.executor.finish()
    assert "gprs" not in operator.subscribers.rows[NUMBER].services
    assert operator.network.done == {}
    states = {order.state for order in operator.orders.orders.values()}
    assert states == {OrderState.CANCELLED}

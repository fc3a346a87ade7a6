"""What a caller hears while many others identify too."""

from __future__ import annotations

import pytest

from ivr.care.hash_queue import HashQueue
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PASSPORT_KEYS, Operator, subscriber
from tests.care.test_hash_queue import taken
from tests.flow.conftest import Ring

WORD = f"1 # {CODEWORD_KEYS}#"


@pytest.fixture
def operator() -> Operator:
    """An operator where one code word is compared at a time, and one waits for a moment."""
    made = Operator(turns=HashQueue(at_once=1, waiting=1, moment_after=0.01, patience=0.05))
    made.add(subscriber())
    return made


def test_a_caller_whose_turn_does_not_come_is_told_and_goes_on(
    ring: Ring, operator: Operator
) -> None:
    with taken(operator.turns):
        call = ring(f"3 {WORD} 3 1")
    told = [key for key in call.keys if key in ("identify.moment", "unavailable.identification")]
    assert told == ["identify.moment", "unavailable.identification"]
    assert "menu.info.news" in call.keys
    assert (operator.attempts.tries, call.call.identification) == ([], [])


def test_the_passport_is_not_kept_waiting(ring: Ring, operator: Operator) -> None:
    with taken(operator.turns):
        call = ring(f"3 1 # # {PASSPORT_KEYS}#")
    assert call.call.subscriber == NUMBER
    assert "identify.moment" not in call.keys


def test_a_caller_may_try_again(ring: Ring, operator: Operator) -> None:
    with taken(operator.turns):
        ring(f"3 {WORD}")
    assert ring(WORD).call.subscriber == NUMBER  # the language is remembered


def test_when_it_does_not_end_an_agent_takes_over(ring: Ring, operator: Operator) -> None:
    with taken(operator.turns):
        call = ring(f"3 {WORD} {WORD} {WORD}")
    assert call.call.reason == "identification unavailable"

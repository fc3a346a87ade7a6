"""PUKs: told to who is identified, five times a day, each time written down before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.domain.actor import caller, new_key
from ivr.domain.subscriber import NoPuk
from ivr.domain.values import Msisdn, Secret
from ivr.testing.demo import NUMBER, OTHER, PUK, Operator, demo_operator


@pytest.fixture
def operator() -> Operator:
    return demo_operator()


def tell(operator: Operator, number: Msisdn = NUMBER, call: int = 1) -> Secret | NoPuk:
    return operator.care.puks.tell(caller(f"call-{call}"), new_key(), number)


def test_is_told_and_written_down(operator: Operator) -> None:
    assert tell(operator) == Secret(PUK)
    assert operator.subscribers.told == [(NUMBER, "caller call-1", operator.clock.now())]


def test_the_sixth_time_in_a_day_goes_to_an_office(operator: Operator) -> None:
    assert [tell(operator, call=call) for call in range(6)] == [*[Secret(PUK)] * 5, NoPuk.OFFICE]
    operator.clock.sleep(timedelta(hours=23, minutes=59).total_seconds())
    assert tell(operator, call=7) is NoPuk.OFFICE
    operator.clock.sleep(60)
    assert tell(operator, call=8) == Secret(PUK)


def test_the_third_time_in_a_call_is_refused(operator: Operator) -> None:
    assert [tell(operator) for _ in range(4)] == [*[Secret(PUK)] * 2, *[NoPuk.TWICE] * 2]
    assert tell(operator, call=2) == Secret(PUK)


def test_one_number_does_not_use_up_another(operator: Operator) -> None:
    operator.subscribers.puks[OTHER] = Secret(PUK)
    for call in range(6):
        tell(operator, call=call)
    assert tell(operator, OTHER) == Secret(PUK)


def test_one_that_is_not_known_is_said_to_be_so(operator: Operator) -> None:
    assert tell(operator, OTHER) is NoPuk.UNKNOWN
    assert operator.subscribers.told == []

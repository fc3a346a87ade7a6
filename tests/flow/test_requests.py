"""A request to merge or split accounts is taken down, confirmed, and numbered."""

from __future__ import annotations

import pytest

from ivr.call import Outcome
from ivr.testing.demo import NUMBER, OTHER, Operator
from tests.flow.conftest import Ring

LEAD = "3 5 1 2 3"
BOTH = "65123456 66300890 2"


def test_two_numbers_are_merged(ring: Ring, operator: Operator) -> None:
    call = ring(f"{LEAD} 1 {BOTH} 1")
    (request,) = operator.requests.kept
    assert (request.kind, request.numbers) == ("merge-accounts", (NUMBER, OTHER))
    assert request.reference == "call-1:1"
    assert request.language == "en"
    assert "request.done request=1" in call.heard
    confirmed = call.heard[call.heard.index("request.merge-accounts.confirm") :]
    assert confirmed[1:3] == [f"request.read-back number={number}" for number in (NUMBER, OTHER)]


def test_one_number_is_enough_to_split(ring: Ring, operator: Operator) -> None:
    ring(f"{LEAD} 2 66300890 2 1")
    assert operator.requests.kept[0].kind == "split-account"
    assert operator.requests.kept[0].numbers == (OTHER,)


def test_more_numbers_may_be_added_up_to_five(ring: Ring, operator: Operator) -> None:
    numbers = " 1 ".join(f"6100000{digit}" for digit in range(1, 5))
    call = ring(f"{LEAD} 1 61000000 {numbers} 1")
    assert len(operator.requests.kept[0].numbers) == 5
    assert call.keys.count("request.more") == 3


def test_the_same_number_twice_is_said_to_be_so(ring: Ring, operator: Operator) -> None:
    call = ring(f"{LEAD} 1 66300890 66300890")
    assert f"request.again number={OTHER}" in call.heard
    assert operator.requests.kept == []


@pytest.mark.parametrize(
    "keys", ["", "1", "1 65123456", f"1 {BOTH}", f"1 {BOTH} 2", "1 12345678#", "1 *", "1 65123456*"]
)
def test_without_a_yes_nothing_is_left(ring: Ring, operator: Operator, keys: str) -> None:
    ring(f"{LEAD} {keys}")
    assert operator.requests.kept == []


def test_keys_pressed_ahead_do_not_confirm(ring: Ring, operator: Operator) -> None:
    ring(f"{LEAD} 1 65123456 66300890 2111")
    assert operator.requests.kept == []


def test_nothing_keyed_in_three_times_is_an_agents_business(ring: Ring) -> None:
    call = ring(f"{LEAD} 1 - - -")
    assert (call.outcome, call.call.reason) == (Outcome.AGENT, "noinput")


def test_only_the_topic_of_accounts_takes_requests(ring: Ring) -> None:
    assert "after.request" not in ring("3 5 1 1").keys
    assert "nomatch.1" in ring("5 1 1 3", call_id="call-2").keys

"""A request to merge or split accounts is taken down, confirmed, and numbered."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.requests import NoRequest
from ivr.testing.demo import NUMBER, OTHER, Operator
from ivr.testing.dial import Dialled
from tests.flow.conftest import Ring

LEAD = "3 5 1 2 3"
BOTH = "65123456 66300891 2"


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
    ring(f"{LEAD} 2 66300891 2 1")
    assert operator.requests.kept[0].kind == "split-account"
    assert operator.requests.kept[0].numbers == (OTHER,)


def test_more_numbers_may_be_added_up_to_five(ring: Ring, operator: Operator) -> None:
    numbers = " 1 ".join(f"6100000{digit}" for digit in range(1, 5))
    call = ring(f"{LEAD} 1 61000000 {numbers} 1")
    assert len(operator.requests.kept[0].numbers) == 5
    assert call.keys.count("request.more") == 3


def test_the_same_number_twice_is_said_to_be_so(ring: Ring, operator: Operator) -> None:
    call = ring(f"{LEAD} 1 66300891 66300891")
    assert f"request.again number={OTHER}" in call.heard
    assert operator.requests.kept == []


@pytest.mark.parametrize(
    "keys", ["", "1", "1 65123456", f"1 {BOTH}", f"1 {BOTH} 2", "1 12345678#", "1 *", "1 65123456*"]
)
def test_without_a_yes_nothing_is_left(ring: Ring, operator: Operator, keys: str) -> None:
    ring(f"{LEAD} {keys}")
    assert operator.requests.kept == []


def test_keys_pressed_ahead_do_not_confirm(ring: Ring, operator: Operator) -> None:
    ring(f"{LEAD} 1 65123456 66300891 2111")
    assert operator.requests.kept == []


def test_nothing_keyed_in_three_times_is_an_agents_business(ring: Ring) -> None:
    call = ring(f"{LEAD} 1 - - -")
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "noinput")


def test_only_the_topic_of_accounts_takes_requests(ring: Ring) -> None:
    assert "after.press-request" not in ring("3 5 1 1").keys
    assert "nomatch.1" in ring("5 1 1 3", call_id="call-2").keys


SPLIT = "2 66300891 2 1"
AGAIN = "* 3"
"""From what follows a request back to the topic, and to another request."""


def leave(ring: Ring, operator: Operator, times: int, **how: object) -> Dialled:
    """Let each of so many calls leave a request; answers the last."""
    for _ in range(times):
        operator.callers.languages.clear()
        id = f"call-{len(operator.requests.kept)} {how} {operator.clock.now()}"
        call = ring(f"{LEAD} {SPLIT}", call_id=id, **how)
    return call


@pytest.mark.parametrize("language", ["1", "2", "3"])
def test_a_call_leaves_three_and_is_told_so(ring: Ring, operator: Operator, language: str) -> None:
    lead = f"{language} {LEAD.partition(' ')[2]}"
    call = ring(f"{lead} {SPLIT} {AGAIN} {SPLIT} {AGAIN} {SPLIT} {AGAIN} 2 0")
    assert call.keys.count("request.done") == 3
    assert "request.in-call" in call.keys
    assert len(operator.requests.kept) == 3
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "asked")


def test_a_caller_leaves_ten_a_day_and_others_are_served(ring: Ring, operator: Operator) -> None:
    call = leave(ring, operator, 11)
    assert len(operator.requests.kept) == 10
    assert "request.many" in call.keys
    assert "request.number" not in call.keys, "nobody keys in what is not taken"
    assert "request.done request=11" in leave(ring, operator, 1, caller=OTHER).heard
    operator.clock.sleep(86_401)
    assert "request.done request=12" in leave(ring, operator, 1).heard


def test_an_identified_caller_is_counted_by_that_number(ring: Ring, operator: Operator) -> None:
    for caller in (NUMBER, None):
        leave(ring, operator, 5, subscriber=OTHER, caller=caller)
    assert len(operator.requests.kept) == 10
    assert "request.many" in leave(ring, operator, 1, subscriber=OTHER).keys
    assert "request.done" in leave(ring, operator, 1).keys


def test_withheld_callers_share_a_bound_and_keep_no_known_one_back(
    ring: Ring, operator: Operator
) -> None:
    leave(ring, operator, 52, caller=None)
    assert len(operator.requests.kept) == 50
    assert "request.done" in leave(ring, operator, 1).keys


def test_one_that_comes_too_late_is_refused_when_it_is_written(
    ring: Ring, operator: Operator
) -> None:
    """Another call of the caller has left the last one while this one was keyed in."""
    leave(ring, operator, 10)
    checks: list[str] = []

    def room(call: str, *_: object) -> NoRequest | None:
        checks.append(call)
        return None if len(checks) == 1 else NoRequest.MANY

    operator.requests.room = room  # type: ignore[method-assign,assignment]
    call = leave(ring, operator, 1)
    assert "request.read-back number=99366300891" in call.heard
    assert "request.many" in call.keys
    assert len(operator.requests.kept) == 10

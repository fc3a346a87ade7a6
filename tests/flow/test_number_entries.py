"""Numbers keyed in by callers without one, to be called back or get a text: with bad input."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.flow.document import Flow
from ivr.testing.demo import demo_operator
from ivr.testing.dial import Dialled, dial

FIELDS = {"call-back": ("callback", "1"), "text message": ("", "3 5 1 1 2")}
"""Where each begins, and the keys that lead to it for a caller without a number."""


def ring(flow: Flow, field: str, keys: str) -> tuple[Dialled, int]:
    """The call, and how much it left behind."""
    at, lead = FIELDS[field]
    operator = demo_operator()
    call = dial(flow, operator.care, operator.clock, f"{lead} {keys}", caller=None, at=at)
    return call, len(operator.callbacks.left) + len(operator.outbox.messages)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("keys", ["", "#", "1#", "6630#", "66300891", "66300891111#", "*", "6*"])
def test_nothing_is_kept_without_a_yes(flow: Flow, field: str, keys: str) -> None:
    _, left = ring(flow, field, keys)
    assert left == 0


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("keys", ["#", "1#", "6630#"])
def test_a_wrong_entry_is_said_to_be_so(flow: Flow, field: str, keys: str) -> None:
    assert "nomatch.number.1" in ring(flow, field, keys)[0].keys


@pytest.mark.parametrize("field", FIELDS)
def test_silence_ends_at_an_agent(flow: Flow, field: str) -> None:
    call, _ = ring(flow, field, "- - -")
    assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "noinput")


@pytest.mark.parametrize("field", FIELDS)
def test_a_right_one_that_is_confirmed_is_kept(flow: Flow, field: str) -> None:
    assert ring(flow, field, "66300891 1")[1] == 1

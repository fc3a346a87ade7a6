"""Entries of a telephone number for a setting."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.flow.document import Flow
from ivr.testing.demo import Operator
from tests.flow.settings.calls import TO_FAVOURITE, TO_FORWARDING, ring

FIELDS = {
    "forwarding number": (f"{TO_FORWARDING} 1", "nomatch.number", "1"),
    "forwarding seconds": (f"{TO_FORWARDING} 3 61000000", "nomatch.seconds", "20"),
    "favourite number": (TO_FAVOURITE, "nomatch.number", "1"),
    "request number": ("3 5 1 2 3 1", "nomatch.number", "1"),
    "another number": ("3 4 4", "nomatch.number", "1"),
}
"""Keyed fields: the keys that lead to each, and the family of its words for a wrong entry."""


class TestEntries:
    """Each field with nothing, too few, too many, ``*``, ``#``, 0, a hang-up in the middle."""

    @pytest.mark.parametrize("field", FIELDS)
    def test_nothing_is_asked_again_and_ends_at_an_agent(
        self, flow: Flow, operator: Operator, field: str
    ) -> None:
        lead, _, _ = FIELDS[field]
        call = ring(flow, operator, f"{lead} - - -")
        assert [k for k in call.keys if k.startswith("noinput")] == [
            "noinput.1",
            "noinput.2",
            "noinput.3",
        ]
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "noinput")

    @pytest.mark.parametrize("field", FIELDS)
    @pytest.mark.parametrize("entry", ["# #", "1#", "99#"])
    def test_what_cannot_be_is_said_to_be_so(
        self, flow: Flow, operator: Operator, field: str, entry: str
    ) -> None:
        lead, words, _ = FIELDS[field]
        call = ring(flow, operator, f"{lead} {entry}")
        assert f"{words}.1" in call.keys
        assert operator.orders.orders == {}

    @pytest.mark.parametrize("field", FIELDS)
    def test_too_many_digits_confirm_nothing(
        self, flow: Flow, operator: Operator, field: str
    ) -> None:
        lead, _, _ = FIELDS[field]
        call = ring(flow, operator, f"{lead} 61000000111111111111#")
        assert call.question is not None
        assert operator.orders.orders == {}
        assert operator.requests.kept == []

    @pytest.mark.parametrize("field", FIELDS)
    def test_a_third_wrong_entry_is_an_agents_business(
        self, flow: Flow, operator: Operator, field: str
    ) -> None:
        lead, _, _ = FIELDS[field]
        call = ring(flow, operator, f"{lead} 1# 2# 3#")
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "nomatch")

    @pytest.mark.parametrize("field", FIELDS)
    def test_star_goes_back_and_nought_is_an_agent(
        self, flow: Flow, operator: Operator, field: str
    ) -> None:
        lead, _, _ = FIELDS[field]
        assert ring(flow, operator, f"{lead} *").outcome is CallOutcome.HUNG_UP
        assert ring(flow, operator, f"{lead} 1*").outcome is CallOutcome.HUNG_UP
        assert ring(flow, operator, f"{lead} 0#").outcome is CallOutcome.AGENT

    @pytest.mark.parametrize("field", FIELDS)
    def test_a_hang_up_in_the_middle_changes_nothing(
        self, flow: Flow, operator: Operator, field: str
    ) -> None:
        lead, _, _ = FIELDS[field]
        assert ring(flow, operator, lead).outcome is CallOutcome.HUNG_UP
        assert operator.orders.orders == {}

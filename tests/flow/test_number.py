"""The number's own affairs: its PUK, its block for inactivity."""

from __future__ import annotations

import pytest

from ivr.domain.subscriber import Status
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, PUK, Operator, demo_operator, subscriber
from ivr.testing.dial import Dialled, dial
from tests.flow.conftest import Ring

READ = f"puk.read puk={PUK}"


def ring_identified(flow: Flow, operator: Operator, keys: str, call_id: str = "call-1") -> Dialled:
    return dial(
        flow,
        operator.care,
        operator.clock,
        keys,
        caller=None,
        subscriber=NUMBER,
        call_id=call_id,
    )


class TestPuk:
    def test_is_read_to_who_is_identified_only(self, ring: Ring) -> None:
        call = ring("3 4")
        assert "puk.read" not in " ".join(call.heard)
        assert "identify.number.own" in call.keys

    def test_is_read_once_and_once_more_if_asked(self, flow: Flow, operator: Operator) -> None:
        assert ring_identified(flow, operator, "3 4 3 1").heard.count(READ) == 1
        twice = ring_identified(flow, operator, "3 4 3 1 2", "call-2")
        assert twice.heard.count(READ) == 2
        assert "number/puk" in twice.call.goals

    @pytest.mark.parametrize("more", ["9", "9 9 9", "2 9", "2 2 2", "2 9 9", "2 * 1", "* 1 2"])
    def test_is_never_read_a_third_time(self, flow: Flow, operator: Operator, more: str) -> None:
        heard = ring_identified(flow, operator, f"3 4 3 1 {more}").heard
        assert heard.count(READ) <= 2

    def test_nine_does_not_read_it_again(self, flow: Flow, operator: Operator) -> None:
        assert ring_identified(flow, operator, "3 4 3 1 9").heard.count(READ) == 1

    def test_the_sixth_time_in_a_day_is_refused(self, flow: Flow, operator: Operator) -> None:
        for call in range(5):
            ring_identified(flow, operator, "3 4 3 1", call_id=f"call-{call}")
        sixth = ring_identified(flow, operator, "3 4 3 1 1", call_id="call-6")
        assert READ not in sixth.heard
        assert "puk.office" in sixth.heard

    def test_is_in_no_record_of_the_call(self, flow: Flow, operator: Operator) -> None:
        call = ring_identified(flow, operator, "3 4 3 1 2 0").call
        assert PUK not in repr(call)


class TestInactivity:
    def blocked(self) -> Operator:
        operator = demo_operator()
        operator.add(subscriber(status=Status.INACTIVE))
        return operator

    def test_the_block_is_lifted_after_a_confirmation(self, flow: Flow) -> None:
        operator = self.blocked()
        call = ring_identified(flow, operator, "3 4 3 2 1")
        assert "inactivity.off.confirm" in call.keys
        assert "inactivity.off.done" in call.keys
        assert "change.undo" not in call.keys
        assert operator.subscribers.rows[NUMBER].status is Status.ACTIVE
        assert "number/inactivity" in call.call.goals

    def test_without_it_nothing_is_changed(self, flow: Flow) -> None:
        operator = self.blocked()
        call = ring_identified(flow, operator, "3 4 3 2 2")
        assert "change.cancelled" in call.keys
        assert operator.subscribers.rows[NUMBER].status is Status.INACTIVE

    def test_a_number_that_is_not_blocked_is_told_so(self, flow: Flow, operator: Operator) -> None:
        call = ring_identified(flow, operator, "3 4 3 2")
        assert "inactivity.off.already" in call.keys
        assert "refused.already" not in call.keys


class TestSuspension:
    def test_what_is_so_already_is_told_in_its_own_words(
        self, flow: Flow, operator: Operator
    ) -> None:
        assert "suspension.off.already" in ring_identified(flow, operator, "3 4 2").keys
        operator.add(subscriber(status=Status.SUSPENDED))
        assert "suspension.on.already" in ring_identified(flow, operator, "3 4 1").keys

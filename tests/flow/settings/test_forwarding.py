"""Forwarding as a caller sets and ends it."""

from __future__ import annotations

import pytest

from ivr.domain.subscriber import ActiveService
from ivr.domain.values import ServiceId
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, Operator, subscriber
from tests.flow.settings.calls import FORWARDING, FRIEND, HOME, TO_FORWARDING, ring, value


def hold(operator: Operator, service: ServiceId, **settings: str) -> None:
    value = tuple(sorted((name.replace("_", "-"), text) for name, text in settings.items()))
    row = subscriber(services="sms", balance=10_000)
    operator.add(
        type(row)(
            **{
                **{name: getattr(row, name) for name in row.__slots__},
                "services": {**row.services, service: ActiveService(value=value)},
            }
        )
    )


class TestForwarding:
    @pytest.mark.parametrize(
        ("keys", "kind"), [("1", "always"), ("2", "busy"), ("4", "unreachable")]
    )
    def test_a_kind_is_set_read_back_and_confirmed(
        self, flow: Flow, operator: Operator, keys: str, kind: str
    ) -> None:
        call = ring(flow, operator, f"{TO_FORWARDING} {keys} 61000000 1")
        assert f"forwarding.{kind}.confirm" in call.keys
        assert f"number={FRIEND}" in next(
            words for words in call.heard if words.startswith(f"forwarding.{kind}.confirm")
        )
        assert "change.price.monthly price=0.10" in call.heard
        assert value(operator) == {kind: FRIEND}
        assert call.call.goals == ["services/forwarding"]

    @pytest.mark.parametrize(
        ("keyed", "seconds"), [("5#", "5"), ("05", "5"), ("12", "15"), ("20", "20"), ("30", "30")]
    )
    def test_no_answer_asks_for_the_seconds(
        self, flow: Flow, operator: Operator, keyed: str, seconds: str
    ) -> None:
        call = ring(flow, operator, f"{TO_FORWARDING} 3 61000000 {keyed} 1")
        assert value(operator) == {"no-answer": FRIEND, "no-answer-seconds": seconds}
        assert f"seconds={seconds}" in " ".join(call.heard)

    @pytest.mark.parametrize("keyed", ["61000000", "861000000#", "99361000000", "0099361000000"])
    def test_a_number_may_be_written_in_any_way(
        self, flow: Flow, operator: Operator, keyed: str
    ) -> None:
        ring(flow, operator, f"{TO_FORWARDING} 1 {keyed} 1")
        assert value(operator) == {"always": FRIEND}

    def test_a_city_phone_will_do(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_FORWARDING} 1 12223344 1")
        assert value(operator) == {"always": HOME}

    @pytest.mark.parametrize(
        ("keyed", "reason"),
        [("65123456", "itself"), ("0079161234567#", "foreign"), ("81079161234567#", "foreign")],
    )
    def test_some_numbers_are_refused(
        self, flow: Flow, operator: Operator, keyed: str, reason: str
    ) -> None:
        call = ring(flow, operator, f"{TO_FORWARDING} 1 {keyed}")
        assert f"refused.{reason}" in call.keys
        assert operator.orders.orders == {}

    def test_the_state_is_read_out(self, flow: Flow, operator: Operator) -> None:
        assert "forwarding.none" in ring(flow, operator, TO_FORWARDING).keys
        hold(operator, FORWARDING, always=HOME, no_answer=FRIEND, no_answer_seconds="15")
        heard = ring(flow, operator, TO_FORWARDING).heard
        assert f"forwarding.always.is number={HOME} seconds=15" in heard
        assert f"forwarding.no-answer.is number={FRIEND} seconds=15" in heard
        assert "forwarding.none" not in heard

    def test_all_are_ended_in_one_go_and_put_back(self, flow: Flow, operator: Operator) -> None:
        hold(operator, FORWARDING, always=HOME, busy=FRIEND)
        call = ring(flow, operator, f"{TO_FORWARDING} 5 1")
        assert "change.off.done service=service.forwarding" in call.heard
        assert value(operator) == {}
        hold(operator, FORWARDING, always=HOME, busy=FRIEND)
        ring(flow, operator, f"{TO_FORWARDING} 5 1 2")
        operator.orders.orders.clear()
        assert value(operator) == {"always": HOME, "busy": FRIEND}

    def test_five_is_no_choice_while_nothing_is_forwarded(
        self, flow: Flow, operator: Operator
    ) -> None:
        call = ring(flow, operator, f"{TO_FORWARDING} 5")
        assert "nomatch.1" in call.keys
        assert "forwarding.all-off" not in call.keys

    def test_one_of_two_is_ended(self, flow: Flow, operator: Operator) -> None:
        hold(operator, FORWARDING, busy=FRIEND, no_answer=HOME, no_answer_seconds="15")
        ring(flow, operator, f"{TO_FORWARDING} 3 2 1")
        assert value(operator) == {"busy": FRIEND}

    def test_the_last_one_is_ended_with_the_service(self, flow: Flow, operator: Operator) -> None:
        hold(operator, FORWARDING, busy=FRIEND)
        ring(flow, operator, f"{TO_FORWARDING} 2 2 1")
        assert FORWARDING not in operator.subscribers.rows[NUMBER].services

    def test_a_number_is_changed(self, flow: Flow, operator: Operator) -> None:
        hold(operator, FORWARDING, busy=FRIEND)
        ring(flow, operator, f"{TO_FORWARDING} 2 1 12223344 1")
        assert value(operator) == {"busy": HOME}

    @pytest.mark.parametrize("keys", ["1 61000000 2", "1 61000000", "1", "3 61000000", "1 *"])
    def test_without_a_yes_nothing_is_done(self, flow: Flow, operator: Operator, keys: str) -> None:
        ring(flow, operator, f"{TO_FORWARDING} {keys}")
        assert operator.orders.orders == {}

    def test_back_from_the_list_is_the_menu(self, flow: Flow, operator: Operator) -> None:
        assert ring(flow, operator, f"{TO_FORWARDING} *").call.node == "services-number"
        assert ring(flow, operator, f"{TO_FORWARDING} 1 *").call.node == "forwarding"

"""Text messages in the dialogue: advice to take along, and results that are promised."""

from __future__ import annotations

import pytest

from ivr.domain.orders import OrderState
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.testing.demo import NUMBER, OTHER, Operator
from tests.flow.conftest import Ring

ROAMING = "3 5 2 3"
WORD = "# 63753646#"


class TestAdvice:
    def test_one_says_it_again(self, ring: Ring) -> None:
        call = ring(f"{ROAMING} 1 1")
        assert call.keys.count("advice.roaming") == 3
        assert call.keys[-1] == "after.topic"

    def test_two_sends_it_to_the_calling_number(self, ring: Ring, operator: Operator) -> None:
        call = ring(f"{ROAMING} 2")
        assert operator.outbox.messages == {
            f"advice:call-1:advice.roaming:{NUMBER}": (NUMBER, "advice.roaming")
        }
        assert f"message.sent number={NUMBER}" in call.heard
        assert call.keys[-1] == "after.topic"

    def test_pressed_twice_it_is_sent_once(self, ring: Ring, operator: Operator) -> None:
        call = ring(f"{ROAMING} 2 2")
        assert len(operator.outbox.messages) == 1
        assert call.keys.count("message.sent") == 2

    def test_the_settings_of_a_handset_are_sent_themselves(
        self, ring: Ring, operator: Operator
    ) -> None:
        ring("3 5 2 1 2 * 2 2")
        bodies = [body for _, body in operator.outbox.messages.values()]
        assert bodies == ["sms.settings.data", "sms.settings.services"]

    def test_a_withheld_number_is_asked_for_and_confirmed(
        self, ring: Ring, operator: Operator
    ) -> None:
        call = ring(f"{ROAMING} 2 66300891 2 66300891 1", caller=None)
        assert [to for to, _ in operator.outbox.messages.values()] == [OTHER]
        assert f"message.read-back number={OTHER}" in call.heard
        assert call.keys[-1] == "after.topic"

    def test_it_is_asked_for_once_in_a_call(self, ring: Ring, operator: Operator) -> None:
        call = ring(f"{ROAMING} 2 66300891 1 * 4 2", caller=None)
        assert call.keys.count("message.number") == 1
        assert [to for to, _ in operator.outbox.messages.values()] == [OTHER, OTHER]

    def test_star_at_the_number_goes_back_to_the_offer(
        self, ring: Ring, operator: Operator
    ) -> None:
        call = ring(f"{ROAMING} 2 *", caller=None)
        assert operator.outbox.messages == {}
        assert (call.keys[-1], call.call.node) == ("after.topic", "advice-roaming")

    def test_nought_at_the_number_leads_to_who_knows_the_topic(self, ring: Ring) -> None:
        call = ring(f"{ROAMING} 2 0#", caller=None).call
        assert (call.topic, "agent" in call.goals) == ("roaming", True)

    def test_over_the_cap_the_caller_is_told_so(self, ring: Ring, operator: Operator) -> None:
        operator.outbox.a_day = 1
        ring(f"{ROAMING} 2")
        call = ring("5 2 4 2", call_id="call-2")
        assert f"message.full number={NUMBER}" in call.heard
        assert "message.sent" not in call.keys
        assert len(operator.outbox.messages) == 1

    def test_a_victim_gets_so_many_over_all_calls_of_withheld_callers(
        self, ring: Ring, operator: Operator
    ) -> None:
        calls = [
            ring(f"{ROAMING} 2 66300891 1 * 4 2", caller=None, call_id=f"call-{index}")
            for index in range(7)
        ]
        assert len(operator.outbox.messages) == operator.outbox.a_day == 10
        assert "message.full" not in calls[0].keys
        assert all("message.full" in call.keys for call in calls[5:])
        own = ring(f"{ROAMING} 2", call_id="own")
        assert f"message.sent number={NUMBER}" in own.heard

    def test_without_an_outbox_nothing_is_claimed(self, ring: Ring, operator: Operator) -> None:
        def down(number: Msisdn, body: str, reference: str) -> None:
            raise TemporarilyUnavailable("database")

        operator.outbox.put = down  # type: ignore[method-assign]
        call = ring(f"{ROAMING} 2")
        assert "message.sent" not in call.keys
        assert "unavailable.database" in call.keys


class TestResults:
    @pytest.mark.parametrize(("key", "language"), [("1", "tk"), ("2", "ru"), ("3", "en")])
    def test_an_accepted_order_promises_its_result_in_the_language_of_the_call(
        self, ring: Ring, operator: Operator, key: str, language: str
    ) -> None:
        operator.network.outage = True
        call = ring(f"{key} 2 {WORD} 1 1 1")
        at = call.keys.index("change.on.accepted")
        assert call.keys[at + 1] == "change.promised"
        (order,) = operator.orders.orders.values()
        assert operator.promises.made == {order.id: Language(language)}

    def test_an_undo_that_is_accepted_too(self, ring: Ring, operator: Operator) -> None:
        operator.network.outage = True
        call = ring(f"3 2 {WORD} 1 1 1 2")
        assert call.keys.count("change.promised") == 2
        assert set(operator.promises.made) == set(operator.orders.orders)
        for id in operator.orders.orders:
            operator.orders.settle(id, OrderState.COMPLETED, operator.clock.now())
        assert operator.results.write() == 2

    def test_what_cannot_be_written_is_not_promised(self, ring: Ring, operator: Operator) -> None:
        def down(order: str, language: Language) -> None:
            raise TemporarilyUnavailable("database")

        operator.network.outage = True
        operator.promises.promise = down  # type: ignore[method-assign]
        call = ring(f"3 2 {WORD} 1 1 1")
        assert "change.on.accepted" in call.keys
        assert "change.promised" not in call.keys
        assert "unavailable.database" not in call.keys

"""Call-backs: a number is open once, a caller leaves three a day, none costs more than a call."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.callbacks import Asked
from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Msisdn
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.speech.written import WrittenTexts
from ivr.testing.acting import at_desk
from ivr.testing.demo import NUMBER, OTHER, Operator
from ivr.testing.prompts import EchoPrompts
from tests.flow.conftest import Ring

PREMIUM = Msisdn("99369901234")


def left(operator: Operator) -> list[Msisdn]:
    return [asked.number for asked in operator.callbacks.left]


class TestOneOpen:
    def test_a_second_call_leaves_the_first_and_hears_the_truth(
        self, ring: Ring, operator: Operator
    ) -> None:
        first = ring("1", at="callback", call_id="c1")
        assert f"callback.done number={NUMBER}" in first.heard
        second = ring("2 65123456 1", at="callback", call_id="c2", caller=OTHER)
        assert f"callback.already number={NUMBER}" in second.heard
        assert "callback.done" not in second.keys
        assert second.outcome is CallOutcome.ENDED
        assert left(operator) == [NUMBER]

    def test_strangers_cannot_pile_up_call_backs_to_a_victim(
        self, ring: Ring, operator: Operator
    ) -> None:
        for index in range(4):
            ring("1 66300891 1", at="callback", call_id=f"c{index}", caller=None)
        assert left(operator) == [OTHER]

    def test_once_it_was_called_back_it_may_be_left_again(
        self, ring: Ring, operator: Operator
    ) -> None:
        ring("1", at="callback", call_id="c1")
        assert operator.care.callbacks.done(*at_desk(), 1)
        assert "callback.done" in ring("1", at="callback", call_id="c2").keys

    def test_a_worker_that_takes_the_call_up_says_that_it_is_noted(
        self, ring: Ring, operator: Operator
    ) -> None:
        ring("1", at="callback", call_id="c1")
        again = ring("1", at="callback", call_id="c1")
        assert f"callback.done number={NUMBER}" in again.heard
        assert left(operator) == [NUMBER]


class TestBounds:
    def test_three_a_day_and_then_the_queue(self, ring: Ring, operator: Operator) -> None:
        for index in range(4):
            call = ring(f"2 6100000{index} 1", at="callback", call_id=f"c{index}")
        assert len(left(operator)) == 3
        assert "callback.many" in call.keys
        assert call.outcome is CallOutcome.AGENT
        other = ring("1", at="callback", call_id="other", caller=OTHER)
        assert f"callback.done number={OTHER}" in other.heard
        operator.clock.sleep(86_401)
        assert "callback.done" in ring("1", at="callback", call_id="tomorrow").keys

    def test_withheld_callers_share_a_bound(self, ring: Ring, operator: Operator) -> None:
        for index in range(52):
            ring(f"1 610000{index:02} 1", at="callback", call_id=f"c{index}", caller=None)
        assert len(left(operator)) == 50
        assert "callback.done" in ring("1", at="callback", call_id="known").keys


class TestNotDialled:
    @pytest.mark.parametrize("keyed", ["69901234", "869901234", "99369901234", "0099369901234#"])
    def test_a_number_that_costs_more_is_refused_and_another_is_taken(
        self, ring: Ring, operator: Operator, keyed: str
    ) -> None:
        call = ring(f"2 {keyed} 1 2 66300891 1", at="callback")
        assert "refused.premium" in call.keys
        assert f"callback.done number={OTHER}" in call.heard
        assert left(operator) == [OTHER]

    def test_a_caller_from_such_a_number_is_not_offered_it(
        self, ring: Ring, operator: Operator
    ) -> None:
        call = ring("1 66300891 1", at="callback", caller=PREMIUM)
        assert "callback.own" not in call.keys
        assert left(operator) == [OTHER]

    def test_who_insists_comes_to_the_queue(self, ring: Ring, operator: Operator) -> None:
        call = ring("2 69901234 1 2 69901234 1 2 69901234 1", at="callback")
        assert (call.outcome, left(operator)) == (CallOutcome.AGENT, [])
        assert call.keys.count("callback.nobody") == 3, "once in each language"

    @pytest.mark.parametrize("keyed", ["0074951234567#", "12345678", "112#", "0890#"])
    def test_foreign_city_and_short_numbers_are_none(
        self, ring: Ring, operator: Operator, keyed: str
    ) -> None:
        call = ring(f"2 {keyed}", at="callback")
        assert "nomatch.number.1" in call.keys
        assert left(operator) == []

    def test_the_core_refuses_it_too(self, operator: Operator, ring: Ring) -> None:
        call = ring("", at="callback").call
        with pytest.raises(ValueError, match="premium"):
            operator.care.callbacks.leave(
                call.actor, call.key, Asked(PREMIUM, None, "", call.caller)
            )


class Written(EchoPrompts):
    """Says texts as they are written."""

    texts = WrittenTexts(read_texts(PROJECT / "prompts"))

    def write(self, language: Language, key: str, **values: Value) -> str:
        return self.texts.write(language, key, **values)


def test_the_truth_is_said_in_every_language(ring: Ring) -> None:
    prompts = Written()
    for index, text in enumerate(("done", "already", "many")):
        keys = "1" if index < 2 else "2 61000009 1"
        for last in range(3 if text == "many" else 0):
            ring(f"2 6100000{last} 1", at="callback", call_id=f"c{last}")
        call = ring(keys, at="callback", call_id=text, prompts=prompts)
        for language in Language:
            assert prompts.write(language, f"callback.{text}", number=NUMBER) in call.heard

"""The dialogue of an invoice, every keyed field tried with what callers do to it."""

from __future__ import annotations

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.subscriber import Status
from ivr.domain.values import Money, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, OTHER, Operator, subscriber
from ivr.testing.dial import Dialled, dial
from tests.flow.conftest import Ring

FAX = "99312345678"
READ_BACK = f"invoice.confirm total=50.00 fax={FAX}"


class Desk:
    """Rings identified, stands before "what is it for"."""

    def __init__(self, flow: Flow, operator: Operator) -> None:
        self.flow, self.operator = flow, operator

    def ring(self, keys: str = "") -> Dialled:
        return dial(
            self.flow,
            self.operator.care,
            self.operator.clock,
            f"3 {keys}",
            caller=None,
            subscriber=NUMBER,
            at="language",
        )

    def invoice(self, keys: str = "") -> Dialled:
        return self.ring(f"1 5 {keys}")

    @property
    def written(self) -> list[tuple[str, Money, str]]:
        return [
            (line.name, line.amount, each.fax)
            for each in self.operator.invoices.kept.values()
            for line in each.paper.lines
        ]


@pytest.fixture
def desk(flow: Flow, operator: Operator) -> Desk:
    return Desk(flow, operator)


COMMUNICATION = ("Prepayment for communication services", Money(5000), FAX)


class TestOrdering:
    def test_needs_identification(self, ring: Ring) -> None:
        call = ring("3 1")
        assert "identify.number.own" in call.keys
        assert "invoice.for" not in call.keys

    def test_an_invoice_is_ordered_and_its_number_told(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678 1")
        assert READ_BACK in call.heard
        assert "invoice.accepted number=1" in call.heard
        assert desk.written == [COMMUNICATION]
        assert call.call.goals == ["account/invoice"]
        assert call.call.orders == ["invoice:1/2026"]

    def test_it_is_in_the_language_of_the_call(self, desk: Desk) -> None:
        dial(
            desk.flow,
            desk.operator.care,
            desk.operator.clock,
            "2 1 5 1 50# 12345678 1",
            caller=None,
            subscriber=NUMBER,
            at="language",
        )
        assert desk.written[0][0] == "Предоплата услуг связи"

    def test_several_services_are_added_and_the_total_read_back(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678 3 120# 1")
        assert f"invoice.confirm total=170.00 fax={FAX}" in call.heard
        assert "invoice.for service=invoice.service.internet" in call.heard
        assert [amount for _, amount, _ in desk.written] == [Money(5000), Money(12000)]
        assert call.keys.count("invoice.fax") == 1

    def test_when_none_is_left_to_add_three_is_no_choice(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678 3 120# 3")
        assert "nomatch.1" in call.keys
        assert call.keys.count("invoice.more") == 1
        assert desk.written == []

    def test_keys_pressed_ahead_never_confirm(self, desk: Desk) -> None:
        call = desk.invoice("150#123456781")
        assert READ_BACK in call.heard
        assert desk.written == []

    def test_two_orders_in_a_call_are_two_invoices(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678 1 9 * 5 1 60# 12345678 1")
        assert call.call.orders == ["invoice:1/2026", "invoice:2/2026"]

    def test_no_writes_nothing_and_offers_to_begin_anew(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678 2")
        assert "invoice.cancelled" in call.keys
        assert desk.written == []
        call = desk.invoice("1 40# 66300891 2 2 1 50# 12345678 1")
        assert desk.written == [COMMUNICATION]

    def test_a_worker_that_takes_over_does_not_use_the_step_again(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678 1")
        assert call.call.step == 1


class TestRefusing:
    def test_an_ended_contract(self, desk: Desk) -> None:
        desk.operator.add(subscriber(status=Status.TERMINATED))
        call = desk.invoice("1 50# 12345678 1")
        assert "identify.ended" in call.keys
        assert (call.call.subscriber, desk.written) == (None, [])

    def test_too_many_in_a_day(self, desk: Desk) -> None:
        for _ in range(5):
            dial(
                desk.flow,
                desk.operator.care,
                desk.operator.clock,
                "3 1 5 1 50# 12345678 1",
                caller=None,
                subscriber=NUMBER,
                at="language",
                call_id=f"call {len(desk.written)}",
            )
        assert len(desk.written) == 5
        call = desk.invoice("1 50# 12345678 1")
        assert "invoice.many" in call.keys
        assert call.call.goals == []
        assert len(desk.written) == 5

    def test_a_database_that_is_away_is_told(self, desk: Desk) -> None:
        def away(*_: object) -> None:
            raise TemporarilyUnavailable("database")

        desk.operator.invoices.write = away  # type: ignore[method-assign,assignment]
        call = desk.invoice("1 50# 12345678 1")
        assert "unavailable.database" in call.keys
        assert "invoice.accepted" not in " ".join(call.heard)
        assert call.call.goals == []


class TestAmount:
    @pytest.mark.parametrize("keyed", ["9#", "5001", "#", "00#", "9999"])
    def test_outside_the_limits_is_asked_again_with_the_limits(
        self, desk: Desk, keyed: str
    ) -> None:
        call = desk.invoice(f"1 {keyed} 50# 12345678 1")
        assert "nomatch.amount.1 least=10.00 most=5000.00" in call.heard
        assert desk.written == [COMMUNICATION]

    @pytest.mark.parametrize(("keyed", "manat"), [("10#", 10), ("5000", 5000), ("0050", 50)])
    def test_within_the_limits_is_taken(self, desk: Desk, keyed: str, manat: int) -> None:
        desk.invoice(f"1 {keyed} 12345678 1")
        assert [amount for _, amount, _ in desk.written] == [Money(manat * 100)]

    def test_silence_then_three_times_silence_is_an_agent(self, desk: Desk) -> None:
        assert desk.invoice("1 - 50# 12345678 1").keys.count("noinput.1") == 1
        call = desk.invoice("1 - - -")
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "noinput")

    def test_three_wrong_ones_are_an_agent(self, desk: Desk) -> None:
        call = desk.invoice("1 1# 2# 3#")
        assert (call.outcome, call.call.reason) == (CallOutcome.AGENT, "nomatch")

    def test_star_goes_back_and_zero_to_an_agent(self, desk: Desk) -> None:
        assert desk.invoice("1 *").call.node == "account"
        assert desk.invoice("1 5*").call.node == "account"
        assert desk.invoice("1 0#").outcome is CallOutcome.AGENT

    def test_too_many_keys_do_not_become_the_fax_number(self, desk: Desk) -> None:
        call = desk.invoice("1 50001234 12345678")
        assert "nomatch.fax.1" in call.keys
        assert desk.written == []

    def test_hanging_up_in_the_middle_writes_nothing(self, desk: Desk) -> None:
        call = desk.invoice("1 5")
        assert call.outcome is CallOutcome.HUNG_UP
        assert desk.written == []


class TestFaxNumber:
    @pytest.mark.parametrize("keyed", ["#", "1234567#", "00000000", "99999999", "74951234"])
    def test_that_is_none_is_asked_again(self, desk: Desk, keyed: str) -> None:
        call = desk.invoice(f"1 50# {keyed} 12345678 1")
        assert "nomatch.fax.1" in call.keys
        assert desk.written == [COMMUNICATION]

    def test_more_digits_than_a_number_has_are_not_taken_for_the_confirmation(
        self, desk: Desk
    ) -> None:
        call = desk.invoice("1 50# 123456781")
        assert READ_BACK in call.heard
        assert desk.written == []

    def test_a_late_hash_is_no_wrong_key(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 12345678# 1")
        assert not [key for key in call.keys if key.startswith("nomatch")]
        assert desk.written == [COMMUNICATION]

    def test_star_goes_back_zero_to_an_agent_silence_escalates(self, desk: Desk) -> None:
        assert desk.invoice("1 50# *").call.node == "account"
        assert desk.invoice("1 50# 1234*").call.node == "account"
        assert desk.invoice("1 50# 0#").outcome is CallOutcome.AGENT
        assert desk.invoice("1 50# - - -").call.reason == "noinput"
        assert desk.invoice("1 50# 1# 2# 3#").call.reason == "nomatch"

    def test_hanging_up_in_the_middle_writes_nothing(self, desk: Desk) -> None:
        for keys in ("1 50#", "1 50# 1234", "1 50# 12345678"):
            assert desk.invoice(keys).outcome is CallOutcome.HUNG_UP
        assert desk.written == []


class TestNotDialled:
    """Faxes go neither to numbers that cost more, nor abroad, nor at will to a mobile phone."""

    @pytest.mark.parametrize(
        ("keyed", "reason"),
        [
            ("69901234", "premium"),
            ("869901234", "premium"),
            ("0099369901234#", "premium"),
            ("0074951234567#", "foreign"),
            ("810905321234567#", "foreign"),
        ],
    )
    @pytest.mark.parametrize("language", ["1", "2", "3"])
    def test_the_caller_hears_why_and_may_give_another(
        self, desk: Desk, keyed: str, reason: str, language: str
    ) -> None:
        call = dial(
            desk.flow,
            desk.operator.care,
            desk.operator.clock,
            f"{language} 1 5 1 50# {keyed} 12345678 1",
            caller=None,
            subscriber=NUMBER,
            at="language",
        )
        assert f"refused.{reason}" in call.keys
        assert "invoice.accepted number=1" in call.heard
        assert [fax for *_, fax in desk.written] == [FAX]

    def test_who_insists_comes_to_an_agent(self, desk: Desk) -> None:
        call = desk.invoice("1 50# 69901234 69901234 69901234")
        assert call.outcome is CallOutcome.AGENT
        assert desk.written == []

    def test_a_mobile_number_gets_one_a_day_whoever_pays(self, desk: Desk) -> None:
        desk.operator.add(subscriber(OTHER))

        def ring(payer: str, index: int) -> list[str]:
            return dial(
                desk.flow,
                desk.operator.care,
                desk.operator.clock,
                "3 1 5 1 50# 61000000 1",
                caller=None,
                subscriber=Msisdn(payer),
                at="language",
                call_id=f"call {payer} {index}",
            ).heard

        calls = [ring(payer, index) for index in range(2) for payer in (NUMBER, OTHER)]
        assert ["invoice.faxed" in heard for heard in calls] == [False, True, True, True]
        assert len(desk.written) == 1
        assert "invoice.accepted number=2" in desk.invoice("1 50# 12345678 1").heard
        desk.operator.clock.sleep(86_401)
        assert "invoice.accepted number=3" in ring(OTHER, 3)


class TestChoice:
    def test_of_the_service(self, desk: Desk) -> None:
        assert "nomatch.1" in desk.invoice("7").keys
        assert "nomatch.1" in desk.invoice("#").keys
        assert "noinput.1" in desk.invoice("-").keys
        assert desk.invoice("*").call.node == "account"
        assert desk.invoice("0").outcome is CallOutcome.AGENT

    def test_of_the_confirmation(self, desk: Desk) -> None:
        for keys in ("#", "-", "7", "*", "0"):
            desk.invoice(f"1 50# 12345678 {keys}")
        assert desk.written == []

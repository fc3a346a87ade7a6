"""Services that are set, not only switched: forwarding, packages, favourite number, discount."""

from __future__ import annotations

import dataclasses
from itertools import count

import pytest

from ivr.domain.call import CallOutcome
from ivr.domain.subscriber import ActiveServiceRecord
from ivr.domain.values import Money, ServiceId
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, Operator, subscriber
from ivr.testing.dial import Dialled, dial

FORWARDING, FAVOURITE = ServiceId("forwarding"), ServiceId("favourite")
HOME, FRIEND = "99312223344", "99361000000"
TO_FORWARDING, TO_FAVOURITE, TO_INTERNET = "3 2 4 2", "3 2 4 3", "3 2 2"
TO_DISCOUNT = "3 2 5 2"


@pytest.fixture
def operator() -> Operator:
    made = Operator()
    made.add(subscriber(services="sms", balance=10_000))
    return made


_calls = count(1)


def ring(flow: Flow, operator: Operator, keys: str) -> Dialled:
    return dial(
        flow,
        operator.care,
        operator.clock,
        keys,
        caller=None,
        subscriber=NUMBER,
        call_id=f"call-{next(_calls)}",
    )


def value(operator: Operator, service: ServiceId = FORWARDING) -> dict[str, str]:
    return dict(operator.care.subscriptions.value(NUMBER, service))


def hold(operator: Operator, service: ServiceId, **settings: str) -> None:
    value = tuple(sorted((name.replace("_", "-"), text) for name, text in settings.items()))
    row = subscriber(services="sms", balance=10_000)
    operator.add(
        type(row)(
            **{
                **{name: getattr(row, name) for name in row.__slots__},
                "services": {**row.services, service: ActiveServiceRecord(value=value)},
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


class TestPackages:
    def test_one_is_bought_with_what_it_needs(self, flow: Flow, operator: Operator) -> None:
        call = ring(flow, operator, f"{TO_INTERNET} 2 1")
        assert "packages.none" in call.keys
        assert "packages.days days=30" in call.heard
        offers = [words for words in call.heard if words.startswith("packages.offer")]
        assert [words.partition(" volume=")[2] for words in offers] == [
            "200 price=10.00",
            "500 price=20.00",
            "1024 price=50.00",
        ]
        assert "change.also.on service=service.gprs" in call.heard
        assert "change.price.once price=20.00" in call.heard
        assert "change.on.done" in " ".join(call.keys)
        assert call.call.goals == ["services/internet-package"]
        row = operator.subscribers.rows[NUMBER]
        assert (row.balance.tenge, row.packages[0].package) == (8_000, "l")

    @pytest.mark.parametrize(
        ("keys", "offers", "bought"),
        [
            ("5 1", 3, "vip"),
            ("~4 1", 5, "xxl"),
            ("- 5 1", 10, "vip"),
            ("7 5 1", 8, "vip"),
            ("9 5 1", 6, "vip"),
            ("~9 ~5 1", 10, "vip"),
        ],
    )
    def test_the_large_ones_are_said_to_who_waits(
        self, flow: Flow, operator: Operator, keys: str, offers: int, bought: str
    ) -> None:
        row = operator.subscribers.rows[NUMBER]
        operator.subscribers.rows[NUMBER] = dataclasses.replace(row, balance=Money(100_000))
        call = ring(flow, operator, f"{TO_INTERNET} {keys}")
        assert sum(key.startswith("packages.offer") for key in call.keys) == offers
        assert operator.subscribers.rows[NUMBER].packages[0].package == bought

    def test_what_is_left_and_until_when_is_told(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_INTERNET} 1 1")
        heard = ring(flow, operator, TO_INTERNET).heard
        assert "packages.left.megabytes package=package.m left=200 until=2026-12-22" in heard
        assert "packages.none" not in heard

    def test_buying_is_undone(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_INTERNET} 1 1 2")
        row = operator.subscribers.rows[NUMBER]
        assert (row.packages, row.balance.tenge, set(row.services)) == ((), 10_000, {"sms"})

    def test_messages_are_counted_as_such(self, flow: Flow, operator: Operator) -> None:
        call = ring(flow, operator, "3 2 5 1 1 1")
        assert "packages.offer.messages" in call.keys
        assert call.call.goals == ["services/sms-package"]
        again = ring(flow, operator, "3 2 5 1 1")
        assert "refused.most service=service.sms-package" in again.heard

    def test_switching_off_what_it_needs_says_so(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_INTERNET} 1 1")
        call = ring(flow, operator, "3 2 1 1")
        assert "change.idle service=service.internet-package" in call.heard


class TestFavourite:
    def test_is_set_changed_after_its_time_and_ended(self, flow: Flow, operator: Operator) -> None:
        first = ring(flow, operator, f"{TO_FAVOURITE} 61000000 1")
        assert "change.price.once price=1.00" in first.heard
        assert value(operator, FAVOURITE) == {"number": FRIEND}
        soon = ring(flow, operator, f"{TO_FAVOURITE} 1 12223344")
        assert "refused.soon service=service.favourite until=2026-12-22" in soon.heard
        operator.clock.sleep(30 * 24 * 3600)
        ring(flow, operator, f"{TO_FAVOURITE} 1 12223344 1")
        assert value(operator, FAVOURITE) == {"number": HOME}
        ended = ring(flow, operator, f"{TO_FAVOURITE} 2 1")
        assert "change.off.done service=service.favourite" in ended.heard
        assert value(operator, FAVOURITE) == {}

    def test_does_not_go_with_the_discount(self, flow: Flow, operator: Operator) -> None:
        call = ring(flow, operator, f"{TO_DISCOUNT} 1")
        assert "discount.about" in call.keys
        assert "change.on.done service=service.discount" in call.heard
        refused = ring(flow, operator, f"{TO_FAVOURITE} 61000000")
        assert "refused.excluded service=service.favourite other=service.discount" in refused.heard

    def test_the_discount_is_switched_off_again(self, flow: Flow, operator: Operator) -> None:
        ring(flow, operator, f"{TO_DISCOUNT} 1")
        off = ring(flow, operator, f"{TO_DISCOUNT} 1")
        assert "change.off.done service=service.discount" in off.heard

"""What an owner hears of a change that waits, and may stop."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.domain.call import IdentificationMethod
from ivr.domain.orders import OrderState
from ivr.domain.services import Reason
from ivr.domain.values import Language, Money, Msisdn
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, OTHER, subscriber
from tests.flow.held.waiting import (
    A_DAY,
    CODEWORD,
    FAVOUR,
    FORWARDING,
    HOME,
    KEY_OF,
    PASSPORT,
    SERVICES,
    THIEF,
    Line,
)


@pytest.mark.parametrize("language", Language)
def test_the_owner_hears_of_it_before_the_menu_and_stops_it_with_one_key(
    line: Line, language: Language
) -> None:
    line.forwards()
    due = line.operator.clock.local(line.order.due)
    call = line.ring(f"{KEY_OF[language]} 1", NUMBER)
    start = call.keys.index("held.change")
    assert call.heard[start : start + 3] == [
        "held.change service=service.forwarding",
        f"held.number number={THIEF}",
        f"held.due day={due.date()} time={due.time().replace(second=0, microsecond=0)}",
    ]
    assert start < call.keys.index("held.stopped") < call.keys.index("menu.main.account")
    assert call.call.subscriber is None, "nothing was to be proved"
    assert (line.order.state, line.order.reason) == (OrderState.CANCELLED, Reason.WITHDRAWN)
    assert [entry[1:] for entry in line.operator.orders.audit] == [
        ("caller call-2", "order.stopped", NUMBER)
    ]
    line.passes(2 * A_DAY)
    assert line.forwarding == {}
    assert line.operator.subscribers.rows[NUMBER].balance == Money(1_000)
    assert "held.change" not in line.ring(KEY_OF[language], NUMBER).keys


def test_the_owner_may_leave_it_and_hears_of_it_again(line: Line) -> None:
    line.forwards()
    call = line.ring("3 2 3 1 *", NUMBER)
    assert call.keys.count("held.change") == 1, "once in a call"
    assert line.order.state is OrderState.HELD
    assert "held.change" in line.ring("3", NUMBER).keys


def test_keys_that_were_pressed_ahead_stop_nothing(line: Line) -> None:
    line.forwards()
    call = line.ring("31", NUMBER)
    assert call.keys[-1] != "held.stopped"
    assert line.order.state is OrderState.HELD


@pytest.mark.parametrize(("proof", "hears"), [(CODEWORD, True), (PASSPORT, False)])
def test_from_another_phone_it_takes_a_better_proof_to_hear_of_it(
    line: Line, proof: str, hears: bool
) -> None:
    line.forwards()
    call = line.ring(f"3 {SERVICES} {proof} 1", Msisdn("99362000000"))
    assert ("held.change" in call.keys) is hears
    assert (line.order.state is OrderState.CANCELLED) is hears


def test_the_one_who_asked_does_not_hear_of_it_again_in_the_same_call(line: Line) -> None:
    assert "held.change" not in line.forwards(then="1 1").keys


def test_nobody_else_hears_of_it(line: Line) -> None:
    line.operator.add(subscriber(OTHER))
    line.forwards()
    assert "held.change" not in line.ring("3", OTHER).keys
    assert not line.operator.care.subscriptions.stop(*on_phone("x"), OTHER, line.order.id)
    assert line.order.state is OrderState.HELD


def test_a_second_one_by_the_same_proof_is_refused(line: Line) -> None:
    line.forwards()
    call = line.ring(f"3 {SERVICES} {PASSPORT} 4 2 2 12223344")
    assert "refused.pending service=service.forwarding" in call.heard


def test_a_better_proof_takes_its_place(line: Line) -> None:
    line.forwards()
    held = line.order
    line.ring(f"3 {SERVICES} {CODEWORD} 2 4 2 1 12223344 1", None)
    assert line.operator.orders.orders[held.id].reason is Reason.WITHDRAWN
    line.passes(A_DAY)
    assert line.forwarding == {"always": HOME}


def test_undone_in_the_same_call_it_never_happens(line: Line) -> None:
    call = line.forwards(then="2")
    assert "change.undone service=service.forwarding" in call.heard
    assert {each.state for each in line.operator.orders.orders.values()} == {OrderState.CANCELLED}
    line.passes(A_DAY)
    assert (line.forwarding, line.operator.network.done) == ({}, {})


def test_what_is_refused_when_it_is_due_is_cancelled_with_its_reason(line: Line) -> None:
    line.ring(f"3 {SERVICES} {PASSPORT} {FAVOUR}")
    row = line.operator.subscribers.rows[NUMBER]
    line.operator.subscribers.rows[NUMBER] = dataclasses.replace(row, balance=Money(99))
    line.passes(A_DAY)
    assert (line.order.state, line.order.reason) == (OrderState.CANCELLED, Reason.BALANCE)
    assert line.operator.network.done == {}
    line.operator.results.write()
    assert line.operator.outbox.messages[f"order:{line.order.id}"][1] == (
        "sms.order.refused\nrefused.balance service=service.favourite"
    )


def test_a_loop_that_was_made_meanwhile_is_none(line: Line) -> None:
    line.operator.add(subscriber(THIEF))
    line.forwards()
    line.ring("3 2 # " + CODEWORD + " 4 2 1 65123456 1", THIEF)
    assert dict(line.operator.care.subscriptions.value(THIEF, FORWARDING)) == {"always": NUMBER}
    line.passes(A_DAY)
    held = next(iter(line.operator.orders.orders.values()))
    assert (held.state, held.reason) == (OrderState.CANCELLED, Reason.LOOP)


def test_other_orders_of_the_number_go_on_meanwhile(line: Line) -> None:
    line.forwards()
    call = line.ring(f"3 {SERVICES} {PASSPORT} 3 1 1")
    assert "change.on.done service=service.waiting" in call.heard


def test_means_are_those_of_the_call(line: Line) -> None:
    call = line.forwards().call
    assert (call.means, call.evidence.is_weak) == (IdentificationMethod.PASSPORT, True)

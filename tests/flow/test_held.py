"""A new forwarding or favourite number by a passport from another phone: it waits for a day, and
the owner can stop it. Somebody with the code word, or at the own phone, need not wait."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import cast

import pytest

from ivr.care.messages import MessageWorker
from ivr.care.subscriptions import SubscriptionService
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.messages import MessageState
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.services import Change, Offer, Reason
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.flow.document import Flow
from ivr.testing.acting import on_phone
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, Operator, subscriber
from ivr.testing.dial import Dialled, dial
from ivr.testing.messages import FakeCentre

FORWARDING, FAVOURITE = ServiceId("forwarding"), ServiceId("favourite")
THIEF = Msisdn("99361000000")
HOME = "99312223344"
KEY_OF = {Language.TURKMEN: "1", Language.RUSSIAN: "2", Language.ENGLISH: "3"}
CODEWORD, PASSPORT = f"{CODEWORD_KEYS}#", f"# {PASSPORT_KEYS}#"
SERVICES = "2 65123456 1"
"""To the services, about the number."""
FORWARD, FAVOUR = "4 2 1 61000000 1", "4 3 61000000 1"
A_DAY = timedelta(hours=24)


@pytest.fixture
def operator() -> Operator:
    made = Operator()
    made.add(subscriber(services="sms", balance=1_000))
    return made


class Line:
    def __init__(self, flow: Flow, operator: Operator) -> None:
        self.flow, self.operator, self.calls = flow, operator, 0
        self.centre = FakeCentre()
        self.messages = MessageWorker(
            operator.outbox,
            self.centre,
            operator.subscribers,
            lambda: operator.results,
            operator.clock,
            10,
            operator.notices,
            10,
        )

    def ring(self, keys: str, caller: Msisdn | None = THIEF) -> Dialled:
        self.calls += 1
        operator = self.operator
        operator.callers.languages.clear()  # each call chooses one
        call_id = f"call-{self.calls}"
        return dial(self.flow, operator.care, operator.clock, keys, caller=caller, call_id=call_id)

    def forwards(self, language: Language = Language.ENGLISH, then: str = "") -> Dialled:
        """A passport from another phone."""
        return self.ring(f"{KEY_OF[language]} {SERVICES} {PASSPORT} {FORWARD} {then}")

    @property
    def order(self) -> Order:
        return list(self.operator.orders.orders.values())[-1]

    @property
    def forwarding(self) -> dict[str, str]:
        return dict(self.operator.care.subscriptions.value(NUMBER, FORWARDING))

    def passes(self, delay: timedelta) -> None:
        self.messages.once()
        self.untold(delay)

    def untold(self, delay: timedelta) -> None:
        """Time passes, and no text message is sent."""
        self.operator.clock.sleep(delay.total_seconds())
        worker = self.operator.worker()
        for _ in range(3):
            worker.once()


@pytest.fixture
def line(flow: Flow, operator: Operator) -> Line:
    return Line(flow, operator)


@pytest.mark.parametrize("language", Language)
def test_it_waits_for_a_day_and_the_caller_hears_so(line: Line, language: Language) -> None:
    due = line.operator.clock.local() + A_DAY
    when = f"day={due.date()} time={due.time().replace(second=0, microsecond=0)}"
    call = line.forwards(language)
    assert call.call.language is language
    assert f"change.delayed {when}" in call.heard
    assert f"change.held service=service.forwarding {when}" in call.heard
    assert "change.modify.done" not in call.keys
    assert call.call.orders == [line.order.id]
    assert (line.order.state, line.forwarding) == (OrderState.HELD, {})
    line.passes(A_DAY - timedelta(minutes=1))
    assert line.operator.network.done == {}
    line.passes(timedelta(minutes=2))
    assert (line.order.state, line.forwarding) == (OrderState.COMPLETED, {"always": THIEF})


def test_the_result_is_told_to_the_number(line: Line) -> None:
    line.forwards()
    line.passes(A_DAY)
    line.operator.results.write()
    number, body = line.operator.outbox.messages[f"order:{line.order.id}"]
    assert number == NUMBER
    assert body.startswith("sms.order.done")


@pytest.mark.parametrize(
    ("caller", "proof"), [(THIEF, CODEWORD), (None, CODEWORD), (NUMBER, PASSPORT)]
)
def test_a_better_proof_need_not_wait(line: Line, caller: Msisdn | None, proof: str) -> None:
    call = line.ring(f"3 {SERVICES} {proof} {FORWARD}", caller)
    assert "change.delayed" not in call.keys
    assert line.forwarding == {"always": THIEF}


def test_the_favourite_number_waits_too_and_costs_when_it_is_due(line: Line) -> None:
    line.ring(f"3 {SERVICES} {PASSPORT} {FAVOUR}")
    assert line.order.state is OrderState.HELD
    assert line.operator.subscribers.rows[NUMBER].balance == Money(1_000)
    line.passes(A_DAY)
    assert line.operator.subscribers.rows[NUMBER].balance == Money(900)
    assert FAVOURITE in line.operator.subscribers.rows[NUMBER].services


def test_other_services_do_not_wait(line: Line) -> None:
    call = line.ring(f"3 {SERVICES} {PASSPORT} 1 1 1")
    assert "change.on.done service=service.gprs" in call.heard


def test_the_owner_has_the_time_of_the_delay_after_the_notice(line: Line) -> None:
    line.forwards()
    line.untold(2 * A_DAY)
    assert (line.order.state, line.forwarding) == (OrderState.HELD, {}), "nobody was told"
    line.passes(A_DAY - timedelta(minutes=1))
    assert line.order.state is OrderState.HELD
    line.passes(timedelta(minutes=1))
    assert line.forwarding == {"always": THIEF}


@pytest.mark.parametrize("is_written", [True, False])
def test_what_the_owner_cannot_be_told_of_is_cancelled(line: Line, is_written: bool) -> None:
    line.forwards()
    if is_written:
        line.operator.notices.write()
        (notice,) = [each for each in line.operator.outbox.rows.values() if "held" in each.occasion]
        now = line.operator.clock.now()
        line.operator.outbox.settle(notice.id, MessageState.FAILED, now, "refused")
    line.untold(A_DAY if is_written else 4 * A_DAY)
    assert (line.order.state, line.order.reason) == (OrderState.CANCELLED, Reason.UNTOLD)
    assert line.forwarding == {}


SMS = ServiceId("sms")
SMS_OFF = "1 3 1"
SUSPENSION = f"4 65123456 1 {PASSPORT} 1 1 1"


def test_text_messages_are_not_switched_off_at_once_and_the_owner_stops_it(line: Line) -> None:
    """Every notice and code comes by them."""
    due = line.operator.clock.local() + A_DAY
    call = line.ring(f"3 {SERVICES} {PASSPORT} {SMS_OFF}")
    when = f"day={due.date()} time={due.time().replace(second=0, microsecond=0)}"
    assert call.heard.index(f"change.delayed {when}") + 1 == call.heard.index("change.sooner")
    assert f"change.held service=service.sms {when}" in call.heard
    line.operator.notices.write()
    assert f"held-sms:{line.order.id}" in line.operator.outbox.rows
    owner = line.ring("3 1", NUMBER)
    assert "held.off service=service.sms" in owner.heard
    assert "held.stopped service=service.sms" in owner.heard
    line.passes(A_DAY)
    assert SMS in line.operator.subscribers.rows[NUMBER].services


def test_what_takes_text_messages_along_waits_too(operator: Operator) -> None:
    services = dict(operator.catalogue.services)
    services["sms"] = services["sms"].model_copy(update={"requires": ("gprs",)})
    catalogue = operator.catalogue.model_copy(update={"services": services})
    switching = dataclasses.replace(
        cast(SubscriptionService, operator.care.subscriptions), catalogue=catalogue
    )
    operator.add(subscriber(services="sms gprs"))
    offer = switching.offer(
        NUMBER, Change(ServiceId("gprs"), False), Evidence(IdentificationMethod.PASSPORT)
    )
    assert isinstance(offer, Offer)
    assert [change.service for change in offer.changes] == ["sms", "gprs"]
    assert offer.due is not None


def test_an_owner_switches_text_messages_off_at_once_and_is_told(line: Line) -> None:
    call = line.ring(f"3 {SERVICES} {PASSPORT} {SMS_OFF}", NUMBER)
    assert "change.off.done service=service.sms" in call.heard
    line.operator.notices.write()
    assert f"sms-off:{line.order.id}" in line.operator.outbox.rows


def test_a_suspension_is_done_at_once_but_told_before(line: Line) -> None:
    told: list[bool] = []
    carry_out = line.operator.network.carry_out

    def noting(order: Order) -> NetworkAnswer:
        told.append(f"suspension-ordered:{order.external_id}" in line.operator.outbox.rows)
        return carry_out(order)

    line.operator.network.carry_out = noting  # type: ignore[method-assign]
    line.ring(f"3 {SUSPENSION}", THIEF)
    assert (told, line.order.state) == ([True], OrderState.COMPLETED)


def test_a_delay_does_not_run_out_while_the_number_is_suspended(line: Line) -> None:
    line.forwards()
    held = line.order
    line.ring(f"3 {SUSPENSION}", THIEF)
    assert line.operator.subscribers.rows[NUMBER].status is Status.SUSPENDED
    assert line.operator.orders.orders[held.id].reason is Reason.WITHDRAWN
    line.passes(A_DAY)
    assert line.forwarding == {}


def test_switching_off_and_ending_a_part_never_wait(line: Line) -> None:
    owner = f"3 {SERVICES} {CODEWORD}"
    line.ring(f"{owner} 4 2 1 12223344 1", None)
    line.ring(f"{owner} 4 2 2 12223344 1", None)
    line.ring(f"3 {SERVICES} {PASSPORT} 4 2 2 2 1")
    assert line.forwarding == {"always": HOME}
    line.ring(f"3 {SERVICES} {PASSPORT} 4 2 5 1")
    assert line.forwarding == {}


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

"""Changes that wait because the proof was weak."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import cast

import pytest

from ivr.care.subscriptions import SubscriptionService
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.messages import MessageState
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.services import Change, Offer, Reason
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.testing.demo import NUMBER, Operator, subscriber
from tests.flow.held.waiting import (
    A_DAY,
    CODEWORD,
    FAVOUR,
    FAVOURITE,
    FORWARD,
    HOME,
    PASSPORT,
    SERVICES,
    THIEF,
    Line,
)


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

"""Changes in a dialogue: offered, confirmed, told, undone and refused."""

from __future__ import annotations

import pytest

from ivr.domain.orders import OrderState
from ivr.domain.subscriber import Status
from ivr.domain.values import ServiceId
from ivr.testing.demo import NUMBER, Operator, subscriber
from tests.flow.conftest import Ring
from tests.flow.test_dialogue import WORD


def test_a_service_is_switched_on_told_and_undone(ring: Ring, operator: Operator) -> None:
    call = ring(f"3 2 {WORD} 3 3 1 2")
    assert "change.price.once price=3.00" in call.heard
    assert "change.on.done service=service.international" in call.heard
    assert "change.undone service=service.international" in call.heard
    orders = list(operator.orders.orders.values())
    assert [order.state for order in orders] == [OrderState.COMPLETED] * 2
    assert orders[1].undoes == orders[0].id
    row = operator.subscribers.rows[NUMBER]
    assert row.balance.tenge == 4530
    assert ServiceId("international") not in row.services


def test_what_a_service_requires_is_told_and_switched_on_with_it(
    ring: Ring, operator: Operator
) -> None:
    call = ring(f"3 2 {WORD} 1 2 1")
    assert "change.also.on service=service.gprs" in call.heard
    assert {"gprs", "mms"} <= set(operator.subscribers.rows[NUMBER].services)


def test_no_at_the_confirmation_changes_nothing(ring: Ring, operator: Operator) -> None:
    call = ring(f"3 2 {WORD} 1 2 2")
    assert "change.cancelled" in call.keys
    assert operator.orders.orders == {}


def test_keys_pressed_ahead_do_not_confirm(ring: Ring, operator: Operator) -> None:
    ring(f"3 2 {WORD} 121")
    assert operator.orders.orders == {}


def test_hanging_up_before_the_confirmation_starts_nothing(ring: Ring, operator: Operator) -> None:
    ring(f"3 2 {WORD} 1 2")
    assert operator.orders.orders == {}


def test_a_silent_network_is_told_as_accepted(ring: Ring, operator: Operator) -> None:
    operator.network.outage = True
    call = ring(f"3 2 {WORD} 1 1 1")
    assert "change.on.accepted service=service.gprs" in call.heard
    assert [o.state for o in operator.orders.orders.values()] == [OrderState.IN_PROGRESS]


def test_a_refusing_network_is_told_as_refused(ring: Ring, operator: Operator) -> None:
    operator.network.refuses = True
    call = ring(f"3 2 {WORD} 1 1 1")
    assert "refused.network service=service.gprs" in call.heard
    assert ServiceId("gprs") not in operator.subscribers.rows[NUMBER].services


def test_the_number_is_suspended_and_resumed(ring: Ring, operator: Operator) -> None:
    call = ring(f"3 4 {WORD} 1 1")
    assert "suspension.on.done service=service.suspension" in call.heard
    assert operator.subscribers.rows[NUMBER].status is Status.SUSPENDED
    ring(f"4 {WORD} 2 1", call_id="call-2")
    assert operator.subscribers.rows[NUMBER].status is Status.ACTIVE


@pytest.mark.parametrize(
    ("row", "keys", "reason"),
    [
        (subscriber(status=Status.BLOCKED), "2 1 1", "blocked"),
        (subscriber(status=Status.INACTIVE), "2 1 1", "inactive"),
        (subscriber(status=Status.SUSPENDED), "2 1 1", "suspended"),
        (subscriber(balance=200), "2 3 3", "balance"),
        (subscriber(tariff="oba"), "2 4 1 2", "tariff"),
    ],
)
def test_every_refusal_says_its_own_reason(
    ring: Ring, operator: Operator, row: object, keys: str, reason: str
) -> None:
    operator.add(row)  # type: ignore[arg-type]
    first, *rest = keys.split()
    call = ring(f"3 {first} {WORD} {' '.join(rest)}")
    assert f"refused.{reason}" in call.keys
    assert operator.orders.orders == {}

"""Forwarding by kind from two channels, and who may undo an order."""

from __future__ import annotations

import pytest

from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.forwarding import Kind, end_kind, set_kind
from ivr.domain.orders import OrderState
from ivr.domain.services import FORWARDING, Reason, Settled
from ivr.testing.acting import at_desk, at_terminal, on_phone
from ivr.testing.demo import NUMBER, OTHER, Operator
from tests.care.services import offered, on, operator, order, subscriptions

HOME, FRIEND = "99312223344", "99361000000"


def forward(made: Operator, by: tuple[Actor, OperationKey], kind: Kind, number: str) -> str:
    wanted = set_kind(kind, number) if number else end_kind(kind)
    receipt = subscriptions(made).order(*by, NUMBER, offered(made, wanted))
    assert receipt.settled is Settled.DONE
    made.clock.sleep(1)
    return receipt.order


def value(made: Operator) -> dict[str, str]:
    return dict(subscriptions(made).value(NUMBER, FORWARDING))


def test_two_kinds_that_are_offered_at_once_are_both_set() -> None:
    made = operator()
    phone = offered(made, set_kind("always", HOME))
    forward(made, at_desk(), "busy", FRIEND)
    told = subscriptions(made).order(*on_phone(), NUMBER, phone)
    assert told.settled is Settled.DONE
    assert value(made) == {"always": HOME, "busy": FRIEND}
    written = made.orders.orders[told.order]
    assert dict(written.changes[-1].before) == {"busy": FRIEND}, "the network gets both"


def test_a_kind_that_another_has_set_since_is_not_overwritten() -> None:
    made = operator()
    phone = offered(made, set_kind("always", HOME))
    forward(made, at_desk(), "always", FRIEND)
    assert subscriptions(made).order(*on_phone(), NUMBER, phone).reason is Reason.CHANGED
    assert value(made) == {"always": FRIEND}


def test_an_undo_puts_back_its_own_kind_alone() -> None:
    made = operator()
    mine = forward(made, on_phone(), "always", HOME)
    forward(made, at_desk(), "busy", FRIEND)
    assert subscriptions(made).undo(*on_phone(step=2), NUMBER, mine).settled is Settled.DONE
    assert value(made) == {"busy": FRIEND}


def test_what_another_has_set_since_to_the_same_number_stays() -> None:
    made = operator()
    mine = forward(made, on_phone(), "always", HOME)
    forward(made, at_desk(form="1"), "always", "")
    forward(made, at_desk(form="2"), "always", HOME)
    assert subscriptions(made).undo(*on_phone(step=2), NUMBER, mine).reason is Reason.CHANGED
    assert value(made) == {"always": HOME}


def test_the_fee_of_an_order_that_is_open_cannot_be_spent_again() -> None:
    made = operator(balance=400)
    desk = offered(made, on("international"))
    made.network.outage = True
    order(made, on("international"))
    assert subscriptions(made).order(*at_desk(), NUMBER, desk).reason is Reason.CHANGED


CLERK = Actor(ActorKind.CLERK, "merdan", Channel.OFFICE), OperationKey("form-2")


@pytest.mark.parametrize(
    ("by", "hours", "is_undone"),
    [
        (on_phone(step=2), 0, True),
        (on_phone("other"), 0, False),
        (CLERK, 0, False),
        (at_desk(), 23, True),
        (at_desk(), 25, False),
        (at_terminal(), 1, True),
    ],
)
def test_an_undo_is_allowed_by_who_asks_and_how_old_the_order_is(
    by: tuple[Actor, OperationKey], hours: int, is_undone: bool
) -> None:
    made = operator()
    mine = order(made, on("international"))
    made.clock.sleep(3600 * hours)
    told = subscriptions(made).undo(*by, NUMBER, mine.order)
    assert (told.settled is Settled.DONE) == is_undone
    assert told.reason is (None if is_undone else Reason.UNKNOWN)
    assert len(made.orders.orders) == 1 + is_undone
    assert made.orders.orders[mine.order].state is OrderState.COMPLETED


def test_an_order_of_another_number_is_not_undone_by_an_agent() -> None:
    made = operator()
    mine = order(made, on("international"))
    assert subscriptions(made).undo(*at_desk(), OTHER, mine.order).reason is Reason.UNKNOWN

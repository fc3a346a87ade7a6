"""Orders that an owner is told of."""

from __future__ import annotations

from ivr.care.notices import notices_of
from ivr.domain.actor import caller
from ivr.domain.messages import MessageState
from ivr.domain.notices import Occasion
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import FORWARDING, Change, Characteristics
from ivr.domain.values import Money, ServiceId
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER
from tests.care.desk import Desk
from tests.care.services import order, subscriptions

FRIEND, THIEF = "99361000000", "99362000000"
FAVOURITE = ServiceId("favourite")


def forwarded(*value: tuple[str, str], before: Characteristics = ()) -> Change:
    return Change(FORWARDING, bool(value), value, before)


def ordered(*changes: Change, id: str = "1") -> Order:
    now = FixedClock().now()
    return Order(
        id, f"c:{id}", NUMBER, changes, Money(0), OrderState.COMPLETED, now, now, actor=caller("c")
    )


def told(change: Change) -> tuple[str, str]:
    (notice,) = notices_of(ordered(change))
    assert notice.number == NUMBER
    return notice.reference, str(notice.values.get("targets", notice.values.get("target", "")))


def notices(desk: Desk) -> list[tuple[str, MessageState]]:
    """Occasion and state of each notice to the owner, in the order in which they were written."""
    return [
        (row.occasion, row.state)
        for row in desk.outbox.rows.values()
        if row.occasion in set(Occasion) and row.number == NUMBER
    ]


def occasions(desk: Desk) -> list[str]:
    return [occasion for occasion, _ in notices(desk)]


def forward(desk: Desk, target: str, step: int) -> None:
    before = subscriptions(desk.operator).value(NUMBER, FORWARDING)
    wanted = Change(FORWARDING, True, (("always", target),), before)
    order(desk.operator, wanted, step)

"""What waits is counted by its state, on each database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ivr.domain.actor import caller
from ivr.domain.backlog import Backlog
from ivr.domain.messages import DeliveryReceipt, MessageState
from ivr.domain.orders import OrderState
from ivr.domain.requests import Request
from ivr.store import Store
from tests.contracts.order_book_contract import LATER, NOW, order
from tests.contracts.records import NUMBER
from tests.contracts.requests_contract import write
from tests.metrics.exposed import samples, value
from tests.store.rows import StoredRecords


def test_nothing_waits_at_first(store: Store) -> None:
    assert store.backlog.backlog() == Backlog()


def test_orders_wait_until_they_are_settled(store: Store, records: StoredRecords) -> None:
    before = samples()
    for at, key in ((LATER, "c1:1"), (NOW, "c1:2"), (LATER, "c1:3")):
        store.orders.write(order(key, at=at))
    store.orders.write(order("c1:1", at=NOW - timedelta(days=1)))  # it is written already
    store.orders.tried("id c1:3", LATER)
    found = store.backlog.backlog()
    assert found.orders == {OrderState.ACKNOWLEDGED: 2, OrderState.IN_PROGRESS: 1}
    assert found.oldest_order == NOW
    for _ in range(2):
        store.orders.settle("id c1:2", OrderState.REJECTED, LATER)
    found = store.backlog.backlog()
    assert found.orders == {OrderState.ACKNOWLEDGED: 1, OrderState.IN_PROGRESS: 1}
    assert found.oldest_order == LATER
    now = samples()
    assert value(now, "ivr_orders_placed_total") - value(before, "ivr_orders_placed_total") == 3
    settled = ("ivr_orders_settled_total", (("state", "rejected"),))
    assert now[settled] - before[settled] == 1


def test_messages_wait_until_they_have_left(store: Store) -> None:
    before = samples()
    began = datetime.now(UTC)
    for reference in ("order:1", "order:2", "order:3"):
        store.outbox.put(NUMBER, "Done.", reference)
    far = datetime.now(UTC) + timedelta(days=1)
    first, second, _ = sorted(each.id for each in store.outbox.newest(9))
    store.outbox.cap(first, far)
    for _ in range(2):
        store.outbox.settle(second, MessageState.FAILED, far, "refused")
    found = store.backlog.backlog()
    assert found.messages == {MessageState.CAPPED: 1, MessageState.WAITING: 1}
    assert found.oldest_message is not None
    assert abs(found.oldest_message - began) < timedelta(minutes=5)
    name = ("ivr_messages_settled_total", (("state", "failed"),))
    assert samples()[name] - before[name] == 1


def test_a_receipt_that_comes_twice_counts_once(store: Store) -> None:
    before = samples()
    store.outbox.put(NUMBER, "Done.", "order:1")
    now = datetime.now(UTC)
    message = store.outbox.claim(now + timedelta(seconds=1), now + timedelta(minutes=1))
    assert message is not None
    store.outbox.acknowledged(message.id, 0, 1, "name", now, now)
    for _ in range(2):
        store.outbox.receipt(DeliveryReceipt(("name",), (), True), now)
    after = samples()
    for state in ("sent", "delivered"):
        name = ("ivr_messages_settled_total", (("state", state),))
        assert after[name] - before[name] == 1
    assert store.backlog.backlog() == Backlog()


def test_requests_wait_until_the_back_office_has_them(store: Store) -> None:
    asked = [
        Request(f"c1:{step}", "merge-accounts", (NUMBER,), None, None, NOW, actor=caller("c1"))
        for step in (1, 2)
    ]
    first, _ = (write(store.requests, each) for each in asked)
    assert store.backlog.backlog().requests == 2
    store.requests.sent(first.number, "ticket")
    assert store.backlog.backlog().requests == 1

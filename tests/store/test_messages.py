"""The outbox and the promises as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from ivr.domain.messages import Message
from ivr.ports.orders import OrderRepository
from ivr.store import Store
from ivr.store.outbox import StoredOutbox
from ivr.store.promises import StoredPromises
from ivr.testing.clock import FixedClock
from tests.contracts.messages_contract import OutboxContract
from tests.contracts.promises_contract import PromisesContract
from tests.store.rows import NUMBER


@dataclass(frozen=True)
class StoredMessages:
    """A store, as the contracts of messages take it."""

    outbox: StoredOutbox
    promises: StoredPromises
    orders: OrderRepository
    clock: FixedClock

    @property
    def all(self) -> Callable[[], list[Message]]:
        return lambda: list(self.outbox.newest(100))


@pytest.fixture
def kept(store: Store) -> StoredMessages:
    clock = FixedClock()
    outbox = StoredOutbox(store.database, 2, clock.now)
    return StoredMessages(outbox, store.promises, store.orders, clock)


class TestOutbox(OutboxContract):
    def test_messages_outlive_a_restart(self, store: Store, reopen: Callable[[], Store]) -> None:
        store.outbox.put(NUMBER, "text", "order:1")
        store.close()
        again = reopen().outbox
        later = again.now() + timedelta(minutes=1)
        claimed = again.claim(later, later)
        assert claimed is not None
        assert claimed.body == "text"

    def test_the_messages_of_one_number_are_listed(self, store: Store) -> None:
        store.outbox.put(NUMBER, "text", "order:1")
        assert [message.reference for message in store.outbox.newest(9, NUMBER)] == ["order:1"]
        assert store.outbox.newest(9, NUMBER[:-1] + "0") == []  # type: ignore[arg-type]


class TestPromises(PromisesContract):
    pass

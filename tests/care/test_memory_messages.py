"""The twins in memory of outbox and promises keep the contracts that the databases keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ivr.domain.messages import Message
from ivr.testing.clock import FixedClock
from ivr.testing.messages import MemoryOutbox, MemoryPromises
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.subscribers import MemorySubscribers
from tests.contracts.messages_contract import OutboxContract
from tests.contracts.promises_contract import PromisesContract


@dataclass
class MemoryMessages:
    """Both twins, and the order book that promises are about."""

    clock: FixedClock = field(default_factory=FixedClock)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(2, self.clock.now)
        self.orders = MemoryOrderRepository(MemorySubscribers())
        self.promises = MemoryPromises(self.orders)

    @property
    def all(self) -> Callable[[], list[Message]]:
        return lambda: list(self.outbox.rows.values())


@pytest.fixture
def kept() -> MemoryMessages:
    return MemoryMessages()


class TestMemoryOutbox(OutboxContract):
    pass


class TestMemoryPromises(PromisesContract):
    pass

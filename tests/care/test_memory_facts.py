"""The facts in memory keep the contract that the databases keep."""

from __future__ import annotations

from datetime import datetime

import pytest

from ivr.testing.attempts import MemoryAttempts
from ivr.testing.demo import Operator
from ivr.testing.facts import MemoryFacts
from ivr.testing.messages import MemoryOutbox
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.subscribers import MemorySubscribers
from tests.contracts.facts_contract import FactsContract


class Kept(Operator):
    """An operator in memory, as the contract takes it."""

    facts: MemoryFacts
    orders: MemoryOrderRepository
    outbox: MemoryOutbox
    subscribers: MemorySubscribers
    attempts: MemoryAttempts

    @property
    def now(self) -> datetime:
        return self.clock.now()


@pytest.fixture
def kept() -> Kept:
    return Kept()


class TestMemoryFacts(FactsContract):
    pass

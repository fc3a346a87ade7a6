"""The twins in memory keep the contracts that the databases keep."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ivr.ports import Subscriber
from ivr.testing.memory import (
    MemoryAttempts,
    MemoryCodes,
    MemoryPayments,
    MemoryReleases,
    MemoryRequests,
    MemorySubscribers,
)
from ivr.testing.orders import MemoryOrderBook
from tests.contracts.attempts_contract import AttemptsContract, PruningContract
from tests.contracts.codes_contract import CodesContract
from tests.contracts.order_book_contract import (
    OrderBookContract,
    PaymentsContract,
    SettingsContract,
)
from tests.contracts.releases_contract import ReleasesContract
from tests.contracts.requests_contract import RequestsContract


@dataclass
class MemoryRecords:
    """All twins together."""

    subscribers: MemorySubscribers = field(default_factory=MemorySubscribers)
    attempts: MemoryAttempts = field(default_factory=MemoryAttempts)
    requests: MemoryRequests = field(default_factory=MemoryRequests)
    payments: MemoryPayments = field(default_factory=MemoryPayments)
    releases: MemoryReleases = field(default_factory=MemoryReleases)

    def __post_init__(self) -> None:
        self.orders = MemoryOrderBook(self.subscribers)
        self.subscribers.attempts = self.attempts

    def add(self, subscriber: Subscriber) -> None:
        self.subscribers.rows[subscriber.msisdn] = subscriber


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords()


@pytest.fixture
def codes() -> MemoryCodes:
    return MemoryCodes()


class TestMemoryCodes(CodesContract):
    pass


class TestMemoryAttempts(AttemptsContract):
    pass


class TestMemoryPruning(PruningContract):
    pass


class TestMemoryOrderBook(OrderBookContract):
    pass


class TestMemorySettings(SettingsContract):
    pass


class TestMemoryPayments(PaymentsContract):
    pass


class TestMemoryReleases(ReleasesContract):
    pass


class TestMemoryRequests(RequestsContract):
    pass

"""The twins in memory keep the contracts that the databases keep."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import pytest

from ivr.domain.orders import Order
from ivr.domain.subscriber import Subscriber
from ivr.testing.attempts import MemoryAttempts, MemoryCodes
from ivr.testing.content import MemoryAnnouncements, MemoryReleases
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.requests import MemoryRequests
from ivr.testing.subscribers import MemoryPayments, MemorySubscribers
from tests.contracts.attempts_contract import AttemptsContract
from tests.contracts.codes_contract import CodesContract
from tests.contracts.lost_orders_contract import LostOrdersContract
from tests.contracts.operation_keys_contract import OperationKeysContract
from tests.contracts.order_book_contract import OrderBookContract
from tests.contracts.pruning_contract import PruningContract
from tests.contracts.releases_contract import ReleasesContract
from tests.contracts.requests_contract import RequestsContract
from tests.contracts.settled_orders_contract import PaymentsContract, SettingsContract
from tests.contracts.weighed_orders_contract import WeighedOrdersContract


@dataclass
class MemoryRecords:
    """All twins together."""

    subscribers: MemorySubscribers = field(default_factory=MemorySubscribers)
    attempts: MemoryAttempts = field(default_factory=MemoryAttempts)
    requests: MemoryRequests = field(default_factory=MemoryRequests)
    payments: MemoryPayments = field(default_factory=MemoryPayments)
    releases: MemoryReleases = field(default_factory=MemoryReleases)

    def __post_init__(self) -> None:
        self.orders = MemoryOrderRepository(self.subscribers)
        self.subscribers.attempts = self.attempts

    def add(self, subscriber: Subscriber) -> None:
        self.subscribers.rows[subscriber.msisdn] = subscriber

    def use(self, bought: Order, left: int) -> None:
        row = self.subscribers.rows[bought.number]
        used = tuple(
            dataclasses.replace(each, left=left) if each.order == bought.id else each
            for each in row.packages
        )
        self.subscribers.rows[bought.number] = dataclasses.replace(row, packages=used)

    def acts(self) -> list[tuple[str, str]]:
        return [(author, act) for _, author, act, _ in self.orders.audit]


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords()


@pytest.fixture
def announcements() -> MemoryAnnouncements:
    return MemoryAnnouncements()


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


class TestMemoryWeighedOrders(WeighedOrdersContract):
    pass


class TestMemoryLostOrders(LostOrdersContract):
    pass


class TestMemorySettings(SettingsContract):
    pass


class TestMemoryPayments(PaymentsContract):
    pass


class TestMemoryReleases(ReleasesContract):
    pass


class TestMemoryRequests(RequestsContract):
    pass


class TestMemoryOperationKeys(OperationKeysContract):
    pass

"""One contract on every network: in memory, by service orders, by service activation."""

from __future__ import annotations

import pytest

from ivr.domain.values import Msisdn, ServiceId
from ivr.testing.demo import FakeNetwork
from tests.contracts.network_contract import AskedNetwork, NetworkContract
from tests.network.world import Simulated


class TestInMemory(NetworkContract):
    @pytest.fixture
    def network(self) -> AskedNetwork:
        self.fake = FakeNetwork()
        return self.fake

    def times(self, number: Msisdn, service: ServiceId) -> int:
        return sum(
            change.service == service
            for order in self.fake.done.values()
            if order.number == number
            for change in order.changes
        )

    def refuses(self) -> None:
        self.fake.refuses = True

    def is_out(self, out: bool) -> None:
        self.fake.outage = out


class OverHttp(NetworkContract):
    operator: Simulated

    def times(self, number: Msisdn, service: ServiceId) -> int:
        return self.operator.state.times(number, service)

    def refuses(self) -> None:
        self.operator.is_in(refuses=["mms"])

    def is_out(self, out: bool) -> None:
        self.operator.is_in(outage="error" if out else "none")


class TestServiceOrders(OverHttp):
    @pytest.fixture
    def network(self, operator: Simulated) -> AskedNetwork:
        self.operator = operator
        return operator.network()


class TestServiceActivation(OverHttp):
    @pytest.fixture
    def network(self, operator: Simulated) -> AskedNetwork:
        self.operator = operator
        return operator.activation()

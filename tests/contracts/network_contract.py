"""What every network does, in memory or over HTTP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import pytest

from ivr.domain.orders import NetworkAnswer
from ivr.domain.services import SUSPENSION, Change
from ivr.domain.values import Msisdn, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import OrderStatusQuery
from ivr.ports.orders import Network
from tests.network.world import GPRS, MMS, NUMBER, OTHER, again, order


class AskedNetwork(Network, OrderStatusQuery, Protocol):
    """A network that also says what became of an order."""


class NetworkContract(ABC):
    """Subclasses say which network, what it has switched, and how it is put into a mood."""

    @pytest.fixture
    @abstractmethod
    def network(self) -> AskedNetwork: ...

    @abstractmethod
    def times(self, number: Msisdn, service: ServiceId) -> int:
        """How many times it was really switched."""

    @abstractmethod
    def refuses(self) -> None: ...

    @abstractmethod
    def is_out(self, out: bool) -> None: ...

    def test_carries_out_every_change_of_an_order(self, network: Network) -> None:
        assert network.carry_out(order()) is NetworkAnswer.DONE
        assert self.times(NUMBER, GPRS) == self.times(NUMBER, MMS) == 1
        assert self.times(OTHER, GPRS) == 0

    def test_the_same_order_again_has_the_same_answer_and_acts_once(self, network: Network) -> None:
        first = order()
        assert network.carry_out(first) is NetworkAnswer.DONE
        assert network.carry_out(first) is NetworkAnswer.DONE
        assert network.carry_out(again(first)) is NetworkAnswer.DONE
        assert self.times(NUMBER, MMS) == 1

    def test_orders_of_many_at_once_act_once_each(self, network: Network) -> None:
        numbers = [Msisdn(f"9936570000{digit}") for digit in range(8)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(
                    lambda turn: network.carry_out(
                        order(f"c:{turn % 8}", Change(GPRS, True), number=numbers[turn % 8])
                    ),
                    range(16),
                )
            )
        assert set(answers) == {NetworkAnswer.DONE}
        assert [self.times(number, GPRS) for number in numbers] == [1] * 8

    def test_off_after_on(self, network: Network) -> None:
        network.carry_out(order("c:1", Change(MMS, True)))
        assert network.carry_out(order("c:2", Change(MMS, False))) is NetworkAnswer.DONE
        assert self.times(NUMBER, MMS) == 2

    def test_suspension_and_back(self, network: Network) -> None:
        assert network.carry_out(order("c:1", Change(SUSPENSION, True))) is NetworkAnswer.DONE
        assert network.carry_out(order("c:2", Change(SUSPENSION, False))) is NetworkAnswer.DONE
        assert self.times(NUMBER, SUSPENSION) == 2

    def test_a_refusal_changes_nothing(self, network: Network) -> None:
        self.refuses()
        assert network.carry_out(order()) is NetworkAnswer.REFUSED
        assert self.times(NUMBER, MMS) == 0

    def test_an_outage_does_nothing_and_the_order_can_be_carried_out_after_it(
        self, network: Network
    ) -> None:
        self.is_out(True)
        with pytest.raises(TemporarilyUnavailable) as error:
            network.carry_out(order())
        assert error.value.what == "network"
        assert self.times(NUMBER, MMS) == 0
        self.is_out(False)
        assert network.carry_out(again(order())) is NetworkAnswer.DONE
        assert self.times(NUMBER, MMS) == 1

    def test_the_outcome_is_known_once_it_is_done_and_asking_for_it_sends_nothing(
        self, network: AskedNetwork
    ) -> None:
        assert network.outcome(order()) is None
        assert self.times(NUMBER, MMS) == 0
        network.carry_out(order())
        assert network.outcome(order()) is NetworkAnswer.DONE
        assert self.times(NUMBER, MMS) == 1

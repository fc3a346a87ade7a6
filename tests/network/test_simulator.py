"""The simulated network: it keeps its own state, is idempotent, and fails as it is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.errors import TemporarilyUnavailable
from ivr.network.simulator import PATIENCE, NetworkSimulator
from ivr.ports import Change, NetworkAnswer, Order, OrderState
from ivr.values import Money, Msisdn, ServiceId

NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300890")
GPRS, MMS = ServiceId("gprs"), ServiceId("mms")


def order(key: str = "c:1", *, on: bool = True, number: Msisdn = NUMBER) -> Order:
    return Order(
        id=key,
        external_id=key,
        number=number,
        changes=(Change(GPRS, on), Change(MMS, on)),
        once=Money(0),
        state=OrderState.ACKNOWLEDGED,
        ordered=datetime(2026, 11, 22, tzinfo=UTC),
    )


@dataclasses.dataclass
class Watch:
    """Counts the seconds that it was asked to sleep."""

    seconds: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def network(tmp_path: Path, watch: Watch) -> NetworkSimulator:
    return NetworkSimulator(tmp_path / "network.sqlite", sleep=watch.sleep)


class TestSimulator:
    def test_switches_all_changes_of_an_order(
        self, network: NetworkSimulator, watch: Watch
    ) -> None:
        assert network.carry_out(order()) is NetworkAnswer.DONE
        assert network.switched(NUMBER) == {GPRS: True, MMS: True}
        assert network.switched(OTHER) == {}
        assert watch.seconds == network.latency

    def test_off_is_switched_too(self, network: NetworkSimulator) -> None:
        network.carry_out(order("c:1"))
        network.carry_out(order("c:2", on=False))
        assert network.switched(NUMBER) == {GPRS: False, MMS: False}

    def test_the_same_order_again_has_the_same_answer_and_acts_once(
        self, network: NetworkSimulator
    ) -> None:
        for _ in range(3):
            assert network.carry_out(order()) is NetworkAnswer.DONE
        assert network.times(NUMBER, MMS) == 1

    def test_many_at_once_act_once_each(self, network: NetworkSimulator) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: network.carry_out(order(f"c:{n % 4}")), range(16)))
        assert set(answers) == {NetworkAnswer.DONE}
        assert network.times(NUMBER, MMS) == 4

    def test_a_refused_service_refuses_the_whole_order_for_good(
        self, network: NetworkSimulator
    ) -> None:
        refusing = dataclasses.replace(network, refuses=frozenset({MMS}))
        assert refusing.carry_out(order()) is NetworkAnswer.REFUSED
        assert network.carry_out(order()) is NetworkAnswer.REFUSED
        assert network.switched(NUMBER) == {}

    def test_an_outage_does_nothing(self, network: NetworkSimulator, watch: Watch) -> None:
        with pytest.raises(TemporarilyUnavailable):
            dataclasses.replace(network, outage=True).carry_out(order())
        assert network.switched(NUMBER) == {}
        assert watch.seconds == 0

    def test_a_slow_one_is_waited_for_three_seconds_and_acts_all_the_same(
        self, network: NetworkSimulator, watch: Watch
    ) -> None:
        slow = dataclasses.replace(network, latency=10.0)
        with pytest.raises(TemporarilyUnavailable):
            slow.carry_out(order())
        assert watch.seconds == PATIENCE
        assert network.carry_out(order()) is NetworkAnswer.DONE
        assert network.times(NUMBER, MMS) == 1

    @pytest.mark.parametrize(
        "spoil", [lambda file: file.mkdir(), lambda file: file.write_text("no database" * 999)]
    )
    def test_a_file_that_cannot_be_used_is_an_outage(
        self, tmp_path: Path, spoil: Callable[[Path], object]
    ) -> None:
        file = tmp_path / "spoilt.sqlite"
        spoil(file)
        with pytest.raises(TemporarilyUnavailable):
            NetworkSimulator(file, latency=0).carry_out(order())

    def test_every_process_meets_the_same_network(
        self, network: NetworkSimulator, tmp_path: Path
    ) -> None:
        network.carry_out(order())
        assert NetworkSimulator(tmp_path / "network.sqlite").switched(NUMBER)[MMS]

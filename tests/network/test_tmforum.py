"""Service orders over real sockets: answers that are lost, late, refused, never there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.orders import NetworkAnswer, Order
from ivr.domain.services import SUSPENSION, Change
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network.models.service_order import Action, ServiceOrder
from ivr.network.tmforum import TmForumNetwork, service_order_of
from tests.network.world import FORWARDING, GPRS, MMS, NUMBER, Simulated, again, order, simulated
from tests.waiting import until


class TestWords:
    def test_an_order_is_one_item_for_each_change_in_the_words_of_tmf641(self) -> None:
        to = (("number", "99366300891"),)
        other = (("number", "99366300891"),)
        changes = (
            Change(GPRS, True),
            Change(FORWARDING, True, other, to),
            Change(MMS, False),
        )
        body = service_order_of(order("c:7", *changes)).wire()
        assert body["externalId"] == "c:7"
        assert body["relatedParty"] == [
            {"id": NUMBER, "role": "subscriber", "@referredType": "Individual"}
        ]
        items = body["serviceOrderItem"]
        assert [item["id"] for item in items] == ["1", "2", "3"]
        assert [item["action"] for item in items] == ["add", "modify", "delete"]
        assert items[1]["service"]["serviceSpecification"] == {"id": "forwarding"}
        assert items[1]["service"]["serviceCharacteristic"] == [
            {"name": "number", "value": "99366300891", "valueType": "string"}
        ]
        assert "serviceCharacteristic" not in items[0]["service"]

    def test_what_a_network_adds_of_its_own_is_passed_over(self) -> None:
        read = ServiceOrder.model_validate_json(
            b'{"id": "1", "state": "completed", "@type": "ServiceOrder", "x": {"y": 1},'
            b' "serviceOrderItem": [{"id": "1", "action": "add", "service": {"z": []}}]}'
        )
        assert read.service_order_item[0].action is Action.ADD


class TestOrders:
    def test_where_calls_go_is_kept_and_changed(self, operator: Simulated) -> None:
        network = operator.network()
        first, second = (("number", "99366300891"), ("seconds", "20")), (("number", "99361000000"),)
        network.carry_out(order("c:1", Change(FORWARDING, True, first)))
        assert operator.state.particulars(NUMBER, FORWARDING) == dict(first)
        network.carry_out(order("c:2", Change(FORWARDING, True, second, first)))
        assert operator.state.particulars(NUMBER, FORWARDING) == dict(second)
        network.carry_out(order("c:3", Change(FORWARDING, False, (), second)))
        assert operator.state.particulars(NUMBER, FORWARDING) == {}

    @pytest.mark.parametrize("lost", [1, 2])
    def test_a_lost_answer_is_asked_for_and_acts_once(self, operator: Simulated, lost: int) -> None:
        operator.is_in(loses=lost)
        assert operator.network().carry_out(order()) is NetworkAnswer.DONE
        assert operator.state.times(NUMBER, MMS) == 1
        assert len(operator.state.orders(None)) == 1

    def test_a_refusal_by_status_is_a_refusal(self, operator: Simulated) -> None:
        operator.is_in(refuses=["mms"], refuses_at_once=True)
        assert operator.network().carry_out(order()) is NetworkAnswer.REFUSED
        assert operator.state.switched(NUMBER) == {}

    def test_a_refused_order_stays_refused(self, operator: Simulated) -> None:
        operator.is_in(refuses=["mms"])
        network = operator.network()
        assert network.carry_out(order()) is NetworkAnswer.REFUSED
        operator.is_in()
        assert network.carry_out(again(order())) is NetworkAnswer.REFUSED

    def test_an_order_that_ends_within_patience_is_waited_for(self, operator: Simulated) -> None:
        operator.is_in(completes_after=0.4)
        assert operator.network(patience=5.0).carry_out(order()) is NetworkAnswer.DONE

    def test_one_that_ends_later_is_not_sent_again(self, operator: Simulated) -> None:
        operator.is_in(completes_after=1.0)
        network = operator.network(patience=0.3)
        with pytest.raises(TemporarilyUnavailable, match="still"):
            network.carry_out(order())
        assert network.outcome(order()) is None
        patient = operator.network(patience=5.0)
        assert patient.carry_out(again(order())) is NetworkAnswer.DONE
        assert network.outcome(order()) is NetworkAnswer.DONE
        assert operator.state.times(NUMBER, MMS) == 1

    def test_a_slow_post_is_found_in_progress_and_waited_for(self, operator: Simulated) -> None:
        operator.is_in(latency=4.6)  # longer than a POST is waited for
        assert operator.network(patience=8.0).carry_out(order()) is NetworkAnswer.DONE
        assert operator.state.times(NUMBER, MMS) == 1

    def test_an_order_can_be_cancelled_until_it_ends(self, operator: Simulated) -> None:
        operator.is_in(completes_after=30.0)
        network = operator.network(patience=0.3)
        with pytest.raises(TemporarilyUnavailable):
            network.carry_out(order())
        for _ in range(2):
            assert network.cancel(order()) is NetworkAnswer.CANCELLED
        assert network.outcome(order()) is NetworkAnswer.CANCELLED
        assert network.carry_out(again(order())) is NetworkAnswer.CANCELLED
        assert operator.state.switched(NUMBER) == {}

    def test_an_order_that_nobody_knows_has_no_outcome(self, operator: Simulated) -> None:
        assert operator.network().outcome(order()) is None
        assert operator.network().cancel(order()) is None

    def test_a_cancellation_that_comes_too_late_is_told_as_what_became_of_the_order(
        self, operator: Simulated
    ) -> None:
        operator.is_in(completes_after=0.5, too_late=True)
        with pytest.raises(TemporarilyUnavailable):
            operator.network(patience=0.3).carry_out(order())
        with pytest.raises(TemporarilyUnavailable):
            operator.network(patience=0.2).cancel(order())
        assert operator.network().cancel(order()) is NetworkAnswer.DONE
        assert operator.state.times(NUMBER, MMS) == 1

    def test_a_refused_order_is_not_cancelled_but_refused(self, operator: Simulated) -> None:
        operator.is_in(refuses=["mms"])
        assert operator.network().carry_out(order()) is NetworkAnswer.REFUSED
        assert operator.network().cancel(order()) is NetworkAnswer.REFUSED

    def test_a_lost_answer_to_a_cancellation_is_asked_for(self, operator: Simulated) -> None:
        operator.is_in(completes_after=30.0)
        network = operator.network(patience=0.3)
        with pytest.raises(TemporarilyUnavailable):
            network.carry_out(order())
        operator.is_in(completes_after=30.0, loses=1)
        with pytest.raises(TemporarilyUnavailable):
            network.cancel(order())
        assert network.cancel(order()) is NetworkAnswer.CANCELLED
        assert operator.state.switched(NUMBER) == {}

    def test_a_number_s_own_status_has_no_order_to_cancel(self, operator: Simulated) -> None:
        suspend = order("c:1", Change(SUSPENSION, True))
        assert operator.network().cancel(suspend) is NetworkAnswer.DONE
        assert operator.state.switched(NUMBER)[SUSPENSION]

    def test_suspending_twice_switches_once(self, operator: Simulated) -> None:
        network = operator.network()
        for key in ("c:1", "c:2"):
            network.carry_out(order(key, Change(SUSPENSION, True)))
        assert operator.state.times(NUMBER, SUSPENSION) == 1

    def test_a_lost_answer_to_a_suspension_suspends_once(self, operator: Simulated) -> None:
        operator.is_in(loses=1)
        suspend = order("c:1", Change(SUSPENSION, True))
        assert operator.network().carry_out(suspend) is NetworkAnswer.DONE
        assert operator.state.times(NUMBER, SUSPENSION) == 1


class Day:
    """A simulated operator that stays, for many bad days on it."""

    def __init__(self, operator: Simulated) -> None:
        self.operator = operator
        self.orders = 0


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with simulated(tmp_path_factory.mktemp("network")) as operator:
        yield Day(operator)


MOODS: list[dict[str, object]] = [
    {"outage": "error"},
    {"loses": 1},
    {"loses": 3},
    {"completes_after": 0.3},
    {"latency": 0.15},
    {"refuses": ["mms"]},
    {},
]


def carried_out(network: TmForumNetwork, wanted: Order) -> NetworkAnswer | None:
    """The network's answer, if it has one now."""
    try:
        return network.carry_out(wanted)
    except TemporarilyUnavailable:
        return None


@settings(max_examples=40)
@given(st.lists(st.sampled_from(MOODS), min_size=1, max_size=5))
def test_on_any_bad_day_an_order_is_carried_out_once_or_not_at_all(
    day: Day, moods: list[dict[str, object]]
) -> None:
    day.orders += 1
    number = Msisdn(f"9936500{day.orders:04d}")
    network = day.operator.network(patience=0.25)
    wanted = order(f"day:{day.orders}", number=number)
    answers = set()
    for mood in [*moods, {}]:
        day.operator.is_in(**mood)
        with suppress(TemporarilyUnavailable):
            answers.add(network.carry_out(wanted))
        wanted = again(wanted)
    day.operator.is_in()
    patient = day.operator.network(patience=20.0)
    if not answers:
        answers.add(until(lambda: carried_out(patient, wanted)))
    (answer,) = answers
    done = answer is NetworkAnswer.DONE
    assert day.operator.state.times(number, MMS) == day.operator.state.times(number, GPRS) == done
    assert len(day.operator.state.orders(wanted.external_id)) == 1

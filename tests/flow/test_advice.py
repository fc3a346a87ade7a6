"""Consultations B1 to B9: an answer for anyone, then an agent who knows the topic."""

from __future__ import annotations

import pytest

from ivr.flow.document import Flow
from ivr.testing.demo import Operator
from tests.flow.conftest import Ring

TOPICS = {
    "payment": "1 1",
    "accounts": "1 2",
    "bill-splitting": "1 3",
    "finance": "1 4",
    "handset-data": "2 1",
    "handset-services": "2 2",
    "roaming": "2 3",
    "gudok": "2 4",
    "vip": "3",
}


def test_the_flow_has_every_topic_of_the_page(flow: Flow) -> None:
    assert set(flow.topics) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_is_for_anyone(ring: Ring, topic: str) -> None:
    call = ring(f"3 5 {TOPICS[topic]}", caller=None)
    assert f"advice.{topic}" in call.keys
    assert f"advice/{topic}" in call.call.goals
    assert "identify.why" not in call.keys
    assert call.keys[-1] == "after.topic"


@pytest.mark.parametrize("topic", TOPICS)
def test_nought_leads_to_an_agent_who_knows_it(ring: Ring, topic: str) -> None:
    call = ring(f"3 5 {TOPICS[topic]} 0", caller=None).call
    assert call.topic == topic
    assert "agent" in call.goals


def test_who_asks_elsewhere_wants_no_topic(ring: Ring) -> None:
    assert ring("3 5 1 1 1 0", caller=None).call.topic == ""
    assert ring("3 0", caller=None).call.topic == ""


def test_key_customers_are_those_of_their_tariff(operator: Operator) -> None:
    tariffs = operator.catalogue.tariffs
    assert {id for id, tariff in tariffs.items() if tariff.vip} == {"biznes"}

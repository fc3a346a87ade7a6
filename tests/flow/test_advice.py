"""Consultations B1 to B9: an answer for anyone, then an agent who knows the topic."""

from __future__ import annotations

import pytest
import yaml

from ivr.domain.call import CallOutcome
from ivr.flow.document import Flow, parse_flow
from ivr.settings import PROJECT
from ivr.testing.demo import Operator
from ivr.testing.dial import dial
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

MONDAY = 24 * 3600
"""Seconds from the tests' Sunday afternoon to the next."""


def test_the_flow_has_every_topic_of_the_page(flow: Flow) -> None:
    assert set(flow.topics) == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_is_for_anyone(ring: Ring, topic: str) -> None:
    call = ring(f"3 5 {TOPICS[topic]}", caller=None)
    assert f"advice.{topic}" in call.keys
    assert f"advice/{topic}" in call.call.goals
    assert not any(key.startswith("identify.") for key in call.keys)
    assert call.keys[-1] == ("after.details" if "handset" in topic else "after.topic")


@pytest.mark.parametrize("topic", TOPICS)
def test_nought_leads_to_an_agent_who_knows_it(ring: Ring, operator: Operator, topic: str) -> None:
    operator.clock.sleep(MONDAY)
    call = ring(f"3 5 {TOPICS[topic]} 0", caller=None).call
    assert call.topic == topic
    assert "agent" in call.goals


def test_out_of_hours_the_times_are_told_and_an_agent_on_duty_takes_the_call(ring: Ring) -> None:
    call = ring(f"3 5 {TOPICS['finance']} 0", caller=None)
    assert call.heard[-4:] == [
        "agent.closed",
        "agent.hours.weekdays opens=09:00:00 closes=18:00:00",
        "agent.hours.saturday opens=09:00:00 closes=14:00:00",
        "agent.instead",
    ]
    assert (call.outcome, call.call.topic) == (CallOutcome.AGENT, "")


def test_when_no_agent_is_at_work_a_number_may_be_left(operator: Operator) -> None:
    document = yaml.safe_load((PROJECT / "prompts" / "0890.yaml").read_text("utf-8"))
    document["nodes"]["agent"]["hours"] = {"weekdays": "08:00-24:00"}
    flow = parse_flow(document)
    closed = dial(flow, operator.care, operator.clock, "3 0 1")
    assert "agent.closed.all" in closed.keys
    assert "agent.hours.weekdays opens=08:00:00 closes=00:00:00" in closed.heard
    assert closed.keys[-2:] == ["callback.done", "goodbye"]
    operator.clock.sleep(MONDAY)
    opened = dial(flow, operator.care, operator.clock, "0")
    assert opened.outcome is CallOutcome.AGENT


def test_who_asks_elsewhere_wants_no_topic(ring: Ring) -> None:
    assert ring("3 5 1 1 * 0", caller=None).call.topic == ""
    assert ring("3 0", caller=None).call.topic == ""


def test_key_customers_are_those_of_their_tariff(operator: Operator) -> None:
    tariffs = operator.catalogue.tariffs
    assert {id for id, tariff in tariffs.items() if tariff.vip} == {"biznes"}


def test_on_a_holiday_nobody_is_at_work(operator: Operator) -> None:
    document = yaml.safe_load((PROJECT / "prompts" / "0890.yaml").read_text("utf-8"))
    today = operator.clock.local().date()
    week = {"weekdays": "00:00-24:00", "saturday": "00:00-24:00", "sunday": "00:00-24:00"}
    document["nodes"]["agent"] |= {"hours": week, "holidays": [today.isoformat()]}
    flow = parse_flow(parse_flow(document).model_dump(mode="json"))
    assert "agent.closed.all" in dial(flow, operator.care, operator.clock, "3 0").keys
    operator.clock.sleep(MONDAY)
    assert dial(flow, operator.care, operator.clock, "0").outcome is CallOutcome.AGENT


def test_a_flow_without_holidays_is_read_by_earlier_versions(flow: Flow) -> None:
    assert "holidays" not in flow.model_dump(mode="json")["nodes"]["agent"]

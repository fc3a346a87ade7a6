"""Service activation: 201 and 202, found before it is sent, put back when a part is refused."""

from __future__ import annotations

import pytest

from ivr.domain.orders import NetworkAnswer
from ivr.domain.services import Change
from ivr.domain.values import ServiceId
from ivr.errors import TemporarilyUnavailable
from tests.network.world import FORWARDING, GPRS, MMS, NUMBER, Simulated, again, order


def test_where_the_network_answers_202_the_monitor_is_followed(operator: Simulated) -> None:
    operator.is_in(monitors=True, completes_after=0.4)
    assert operator.activation().carry_out(order()) is NetworkAnswer.DONE
    assert operator.state.switched(NUMBER) == {GPRS: True, MMS: True}


def test_a_monitor_that_does_not_end_is_left_and_found_done_later(operator: Simulated) -> None:
    operator.is_in(monitors=True, completes_after=60.0)
    wanted = order("c:1", Change(GPRS, True))
    with pytest.raises(TemporarilyUnavailable, match="still"):
        operator.activation(patience=2.0).carry_out(wanted)
    assert operator.activation().carry_out(again(wanted)) is NetworkAnswer.DONE
    assert operator.state.times(NUMBER, GPRS) == 1


def test_a_refusal_that_the_monitor_tells(operator: Simulated) -> None:
    operator.is_in(monitors=True, refuses=["gprs"])
    assert operator.activation().carry_out(order()) is NetworkAnswer.REFUSED
    assert operator.state.switched(NUMBER) == {}


def test_what_was_done_before_a_refused_part_is_put_back(operator: Simulated) -> None:
    operator.is_in(refuses=["mms"])
    assert operator.activation().carry_out(order()) is NetworkAnswer.REFUSED
    assert operator.state.switched(NUMBER) == {GPRS: False}


def test_a_lost_answer_is_found_done(operator: Simulated) -> None:
    operator.is_in(loses=1)
    assert operator.activation().carry_out(order()) is NetworkAnswer.DONE
    assert operator.state.times(NUMBER, GPRS) == operator.state.times(NUMBER, MMS) == 1


def test_particulars_are_changed_where_the_service_is_on(operator: Simulated) -> None:
    network = operator.activation()
    first, second = (("number", "99366300891"),), (("number", "99361000000"),)
    network.carry_out(order("c:1", Change(FORWARDING, True, first)))
    network.carry_out(order("c:2", Change(FORWARDING, True, second, first)))
    assert operator.state.particulars(NUMBER, FORWARDING) == dict(second)
    assert operator.state.times(NUMBER, FORWARDING) == 2


def test_the_outcome_is_what_is_so(operator: Simulated) -> None:
    network = operator.activation()
    assert network.outcome(order()) is None
    network.carry_out(order())
    assert network.outcome(order()) is NetworkAnswer.DONE


def test_a_package_is_bought_once_with_each_order(operator: Simulated) -> None:
    package = Change(ServiceId("sms-package"), True, (("package", "m"),))
    operator.is_in(loses=1)
    network = operator.activation()
    for key in ("c:1", "c:1", "c:2"):
        assert network.carry_out(again(order(key, package))) is NetworkAnswer.DONE
    assert operator.state.times(NUMBER, package.service) == 2


def test_a_particular_that_is_gone_is_taken_away(operator: Simulated) -> None:
    network = operator.activation()
    both = (("busy", "99366300891"), ("always", "99366300891"))
    network.carry_out(order("c:1", Change(FORWARDING, True, both)))
    network.carry_out(order("c:2", Change(FORWARDING, True, both[:1], both)))
    assert operator.state.particulars(NUMBER, FORWARDING) == dict(both[:1])

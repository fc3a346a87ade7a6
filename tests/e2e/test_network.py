"""What a caller hears of the network behind: slow, refusing, gone, answering late."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Change, Reason
from ivr.domain.values import Language, Msisdn, ServiceId
from tests.e2e.installation import short_folder
from tests.e2e.line import KEY_OF, Caller, RunningLine, running_line
from tests.waiting import until

WAITING = ServiceId("waiting")


@contextmanager
def network_that(line: RunningLine, **mood: object) -> Iterator[None]:
    """The simulated network in a mood, while it lasts."""
    address = f"http://{line.settings.network_simulator_bind}/simulator"
    token = {"Authorization": f"Bearer {line.settings.token_for_network}"}
    with httpx.Client(trust_env=False, headers=token) as client:
        before = client.get(address).json()
        assert client.patch(address, json=mood).status_code == 200
        try:
            yield
        finally:
            assert client.patch(address, json=before).status_code == 200


def confirms_waiting(caller: Caller, language: Language) -> None:
    """Dial through to call waiting and confirm that it is switched on."""
    caller.language = language
    caller.press(f"{KEY_OF[language]}2#")
    caller.proves()
    caller.press("31")
    caller.hears("change.on.confirm", service="service.waiting")
    caller.press("1")


@pytest.fixture(scope="module")
def own_line() -> Iterator[RunningLine]:
    """A line whose network no other test meets."""
    folder = short_folder()
    with running_line(folder / "home") as line:
        yield line
    shutil.rmtree(folder)


@pytest.mark.nightly
def test_a_network_that_takes_a_moment(own_line: RunningLine, language: Language) -> None:
    number = own_line.subscriber()
    with network_that(own_line, latency=3.0), own_line.call(number) as caller:
        confirms_waiting(caller, language)
        caller.hears("change.moment")
        caller.hears("change.on.done", service="service.waiting")
    assert own_line.network.switched(number) == {WAITING: True}


@pytest.mark.nightly
def test_a_network_that_takes_too_long(own_line: RunningLine, language: Language) -> None:
    number = own_line.subscriber()
    with network_that(own_line, latency=20.0), own_line.call(number) as caller:
        confirms_waiting(caller, language)
        caller.hears("change.moment")
        caller.hears("change.on.accepted", service="service.waiting")
        caller.hears("change.promised")
        assert order_of(own_line, number).settled is None, "the network has not answered yet"
        await_settled(own_line, number, OrderState.COMPLETED)
    assert own_line.network.switched(number) == {WAITING: True}
    assert own_line.network.times(number, WAITING) == 1


def test_a_hang_up_while_the_network_is_asked_loses_nothing(own_line: RunningLine) -> None:
    number = own_line.subscriber()
    with network_that(own_line, latency=4.0):
        with own_line.call(number) as caller:
            confirms_waiting(caller, Language.ENGLISH)
            caller.hears("change.moment")
            caller.phone.hangup()
        await_settled(own_line, number, OrderState.COMPLETED)
    assert own_line.network.times(number, WAITING) == 1


@pytest.mark.nightly
def test_an_order_that_the_network_ends_later_is_settled_by_its_event(
    own_line: RunningLine,
) -> None:
    number = own_line.subscriber()
    with (
        network_that(own_line, completes_after=14.0, deliveries=3),
        own_line.call(number) as caller,
    ):
        confirms_waiting(caller, Language.RUSSIAN)
        caller.hears("change.moment")
        caller.hears("change.on.accepted", service="service.waiting")
        await_settled(own_line, number, OrderState.COMPLETED)
    assert own_line.network.times(number, WAITING) == 1
    assert "settled by an event" in (own_line.settings.home / "logs" / "orders.log").read_text()


@pytest.mark.nightly
def test_a_refusal_of_the_network_is_told(own_line: RunningLine, language: Language) -> None:
    number = own_line.subscriber()
    with network_that(own_line, refuses=["waiting"]), own_line.call(number) as caller:
        confirms_waiting(caller, language)
        caller.hears("refused.network", service="service.waiting")
    assert order_of(own_line, number).reason is Reason.NETWORK
    assert own_line.network.switched(number) == {}


@pytest.mark.nightly
@pytest.mark.parametrize("outage", ["error", pytest.param("hang", marks=pytest.mark.nightly)])
def test_a_network_that_is_gone_in_mid_call(own_line: RunningLine, outage: str) -> None:
    number = own_line.subscriber()
    with own_line.call(number) as caller:
        with network_that(own_line, outage=outage):
            confirms_waiting(caller, Language.TURKMEN)
            caller.hears("change.on.accepted", 30, service="service.waiting")
            caller.hears("change.promised")
            assert own_line.network.switched(number) == {}
        await_settled(own_line, number, OrderState.COMPLETED)
    assert own_line.network.times(number, WAITING) == 1


@pytest.mark.nightly
def test_an_order_that_still_waits_is_not_given_twice(own_line: RunningLine) -> None:
    number = own_line.subscriber()
    with own_line.call(number) as caller:
        with network_that(own_line, outage="error"):
            confirms_waiting(caller, Language.ENGLISH)
            caller.hears("change.on.accepted", 30, service="service.waiting")
            caller.press("*1")
            caller.hears("refused.pending", 60, service="service.waiting")
        await_settled(own_line, number, OrderState.COMPLETED)
    assert own_line.network.times(number, WAITING) == 1


def order_of(line: RunningLine, number: Msisdn) -> Order:
    """The one order of a number."""
    orders = [order for order in line.container.store.orders.newest(1000) if order.number == number]
    assert len(orders) == 1
    return orders[0]


def await_settled(line: RunningLine, number: Msisdn, state: OrderState) -> None:
    """Wait until the number's order has ended, and how."""
    until(lambda: order_of(line, number).settled)
    order = order_of(line, number)
    assert order.state is state
    assert order.changes == (Change(WAITING, True),)


@pytest.mark.nightly
def test_the_same_call_where_the_network_has_activation_only(folder: Path) -> None:
    with running_line(folder / "home", network_api="activation", network_latency=2.5) as line:
        number = line.subscriber()
        with line.call(number) as caller:
            confirms_waiting(caller, Language.ENGLISH)
            caller.hears("change.moment")
            caller.hears("change.on.done", service="service.waiting")
        assert line.network.times(number, WAITING) == 1


@pytest.mark.nightly
def test_a_line_without_a_network_accepts_and_says_so(folder: Path) -> None:
    with running_line(folder / "home", network_outage="closed") as line:
        number = line.subscriber()
        with line.call(number) as caller:
            confirms_waiting(caller, Language.TURKMEN)
            caller.hears("change.on.accepted", service="service.waiting")
            caller.hears("change.promised")
        assert order_of(line, number).state is OrderState.IN_PROGRESS

"""Events of the network: whatever comes, in whatever order, what is so is what is written."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.network.listener import callback_url, listener_app, register
from ivr.network.models.service_order import (
    BASE,
    ChangedOrder,
    ServiceOrder,
    ServiceOrderState,
    StateChange,
)
from ivr.testing.demo import Operator, subscriber
from ivr.web.server import HttpServer
from tests.e2e.installation import free_port
from tests.network.world import MMS, NUMBER, Simulated, order
from tests.waiting import until


class Heard:
    """The ids that a listener was told of, and how it takes them."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.down = False
        self.something = threading.Event()

    def look(self, external_id: str) -> None:
        if self.down:
            raise TemporarilyUnavailable("database")
        self.ids.append(external_id)
        self.something.set()


@contextmanager
def listening(heard: Heard) -> Iterator[str]:
    """A listener's address."""
    port = free_port()
    with HttpServer(listener_app(heard.look), "127.0.0.1", port, "IVR_NETWORK_LISTENER_BIND"):
        yield callback_url("127.0.0.1", port)


def event(external_id: str | None, state: ServiceOrderState) -> StateChange:
    changed = ServiceOrder(id="1", external_id=external_id, state=state)
    return StateChange(event_id="e", event=ChangedOrder(service_order=changed))


def post(url: str, **body: object) -> int:
    with httpx.Client(trust_env=False) as client:
        return client.post(url, **body).status_code  # type: ignore[arg-type]


class TestHearing:
    def test_an_event_names_the_order_to_look_for(self) -> None:
        heard = Heard()
        body = event("c:1", ServiceOrderState.COMPLETED).wire()
        with listening(heard) as url:
            assert post(f"{url}/listener/serviceOrderStateChangeEvent", json=body) == 201
            assert post(url, json=body) == 201
        assert heard.ids == ["c:1", "c:1"]

    def test_what_is_no_event_is_refused(self) -> None:
        heard = Heard()
        with listening(heard) as url:
            assert post(url, content=b"hello") == 400
            assert post(url, json={"event": {}}) == 400
            assert post(url, json=[]) == 400
            assert post(url, content=b"[" * 100_000) == 400
            assert post(url, content=b" " * 1_000_001) == 413
            assert post(url, json=event(None, ServiceOrderState.COMPLETED).wire()) == 201
        assert heard.ids == []

    def test_at_a_bad_time_the_network_is_asked_to_tell_again(self) -> None:
        heard = Heard()
        heard.down = True
        with listening(heard) as url:
            assert post(url, json=event("c:1", ServiceOrderState.COMPLETED).wire()) == 503

    def test_a_taken_port_is_named_with_its_setting(self) -> None:
        with listening(Heard()) as url:
            port = int(url.removeprefix("http://127.0.0.1:").removesuffix(BASE))
            second = HttpServer(listener_app(print), "127.0.0.1", port, "IVR_X")
            with pytest.raises(Unusable, match="set IVR_X to a free port"):
                second.start()


class TestOverHttp:
    def test_registered_twice_it_is_told_once_of_each_change(self, operator: Simulated) -> None:
        heard = Heard()
        with listening(heard) as url:
            assert register(operator.wire(), url)
            assert register(operator.wire(), url)
            operator.network().carry_out(order("c:1"))
            assert heard.something.wait(5)
        assert heard.ids == ["c:1"]

    def test_an_order_that_ends_later_is_settled_by_its_event_though_it_comes_thrice(
        self, operator: Simulated
    ) -> None:
        made = Operator()
        made.add(subscriber(NUMBER, services="sms"))
        written = order("c:1")
        made.orders.write(written)
        network = operator.network(patience=0.3)
        worker = dataclasses.replace(made.worker(), network=network)
        heard = Heard()

        def look(external_id: str) -> None:
            worker.look(external_id, network)
            heard.look(external_id)

        port = free_port()
        with HttpServer(listener_app(look), "127.0.0.1", port, "IVR_X"):
            assert register(operator.wire(), callback_url("127.0.0.1", port))
            operator.is_in(completes_after=1.0, deliveries=3)
            with pytest.raises(TemporarilyUnavailable):
                network.carry_out(written)
            until(lambda: made.orders.orders["c:1"].settled is not None)
        assert made.orders.orders["c:1"].state is OrderState.COMPLETED
        assert MMS in made.subscribers.rows[NUMBER].services


class Outcomes:
    """A network whose orders are where a test says."""

    def __init__(self) -> None:
        self.state = ServiceOrderState.ACKNOWLEDGED
        self.asked = 0

    def outcome(self, order: Order) -> NetworkAnswer | None:
        self.asked += 1
        match self.state:
            case ServiceOrderState.COMPLETED:
                return NetworkAnswer.DONE
            case ServiceOrderState.REJECTED:
                return NetworkAnswer.REFUSED
            case _:
                return None


EVENTS = st.lists(
    st.sampled_from(["event", "invented", "in-progress", "completed", "rejected", "of-others"]),
    max_size=12,
)


@given(EVENTS)
def test_events_late_repeated_out_of_order_or_invented_write_only_what_is_so(
    happenings: list[str],
) -> None:
    made = Operator()
    made.add(subscriber(NUMBER, services="sms", balance=1000))
    made.orders.write(dataclasses.replace(order("c:1"), once=made.subscribers.rows[NUMBER].balance))
    network = Outcomes()
    worker = made.worker()
    ended: ServiceOrderState | None = None
    told = False
    for happening in happenings:
        match happening:
            case "event" | "invented":
                told |= ended is not None
                worker.look("c:1", network)
            case "of-others":
                assert not worker.look("c:2", network)
            case "in-progress" if ended is None:
                network.state = ServiceOrderState.IN_PROGRESS
            case "completed" | "rejected" if ended is None:
                network.state = ended = ServiceOrderState(happening)
        written = made.orders.orders["c:1"]
        row = made.subscribers.rows[NUMBER]
        if not told:
            assert written.settled is None
        else:
            assert written.state.value == str(ended)
        is_done = told and ended is ServiceOrderState.COMPLETED
        assert (MMS in row.services) is is_done
        assert row.balance.tenge == (0 if is_done else 1000)


def test_a_settled_order_is_not_asked_for_again() -> None:
    made = Operator()
    made.add(subscriber(NUMBER))
    made.orders.write(order("c:1"))
    network = Outcomes()
    network.state = ServiceOrderState.COMPLETED
    worker = made.worker()
    assert worker.look("c:1", network)
    assert not worker.look("c:1", network)
    assert network.asked == 1

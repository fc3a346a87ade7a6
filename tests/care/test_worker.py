"""The orders' worker: finishes what was accepted, in order, more and more patiently."""

from __future__ import annotations

from ivr.care.catalogue import FREE
from ivr.care.orders import OrderWorker
from ivr.domain.orders import OrderState
from ivr.domain.services import Offer
from ivr.domain.values import Money
from ivr.errors import TemporarilyUnavailable
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, OTHER, Operator, subscriber
from tests.care.services import (
    on,
    operator,
    order,
    services,
    subscriptions,
)


class TestWorker:
    def worker(self, made: Operator) -> OrderWorker:
        return made.worker()

    def accepted(self, made: Operator) -> str:
        made.network.outage = True
        return order(made, on("mms")).order

    def test_leaves_what_the_line_may_still_be_asking_for(self) -> None:
        made = operator()
        self.accepted(made)
        made.network.outage = False
        made.clock.sleep(1)
        assert self.worker(made).once() == 0
        made.clock.sleep(10)
        assert self.worker(made).once() == 1

    def test_waits_longer_after_each_try(self) -> None:
        made = operator()
        id = self.accepted(made)
        worker = self.worker(made)
        for _ in range(600):
            made.clock.sleep(1)
            worker.once()
        tries = made.orders.orders[id].tries
        assert 6 <= tries <= 9  # 4, 8, 16 … 256 seconds, each a fifth more or less
        assert made.orders.orders[id].state is OrderState.IN_PROGRESS

    def test_a_later_order_never_overtakes_one_that_was_just_tried(self) -> None:
        made = operator()
        id = self.accepted(made)
        subscriptions(made).undo(*on_phone("call", 2), NUMBER, id)
        worker = self.worker(made)
        made.clock.sleep(10)
        assert worker.once() == 0
        made.network.outage = False
        made.clock.sleep(1)
        assert worker.once() == 0
        made.clock.sleep(60)
        assert sum(worker.once() for _ in range(3)) == 1  # with its undo, in one transaction
        assert services(made) == "sms"

    def test_a_refusal_later_on_settles_it(self) -> None:
        made = operator()
        id = self.accepted(made)
        made.network.outage, made.network.refuses = False, True
        made.clock.sleep(10)
        assert self.worker(made).once() == 1
        assert made.orders.orders[id].state is OrderState.REJECTED
        assert services(made) == "sms"

    def test_one_stuck_number_does_not_hold_up_another(self) -> None:
        made = operator()
        made.add(subscriber(OTHER))
        self.accepted(made)
        subscriptions(made).order(*on_phone("b"), OTHER, Offer((on("waiting"),), FREE, Money(10)))
        made.clock.sleep(10)
        refuse_first = made.network
        refuse_first.outage = False
        carried = refuse_first.carry_out

        def only_other(order):  # type: ignore[no-untyped-def]
            if order.number == NUMBER:
                raise TemporarilyUnavailable("network")
            return carried(order)

        refuse_first.carry_out = only_other  # type: ignore[method-assign]
        assert self.worker(made).once() == 1
        assert "waiting" in made.subscribers.rows[OTHER].services

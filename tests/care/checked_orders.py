"""Orders of one subscriber, and what must hold of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ivr.care.ordercheck import Weighing
from ivr.care.orders import OrderWorker
from ivr.care.rules import STATES, is_package
from ivr.care.settlement import FINAL
from ivr.care.subscriptions import SubscriptionService
from ivr.domain.call import Evidence
from ivr.domain.messages import Message, MessageState
from ivr.domain.orders import NetworkAnswer, OrderState
from ivr.domain.services import Offer, Receipt, Settled
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import ServiceId
from ivr.ports.orders import OrderRepository
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, subscriber
from ivr.testing.executors import InlineExecutor
from tests.care.any_order import (
    INTERNET,
    MESSAGES,
    Crash,
    FlakyNetwork,
    FragileBook,
    InMemory,
    Records,
    catalogue,
)

BALANCE = 3_000
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
AN_HOUR, A_DAY = 3_600, 90_000


class CheckedOrders(RuleBasedStateMachine):
    """One subscriber's orders, what must hold of them at any time, and at the end."""

    records: Callable[[], Records] = InMemory

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock()
        self.kept = type(self).records()
        self.kept.add(subscriber(services="sms gprs", balance=BALANCE))
        self.start = {id: id in ("sms", "gprs") for id in [*catalogue().order, *STATES]}
        self.network = FlakyNetwork(self.clock, self.kept.repository.get)
        self.repository = FragileBook(self.kept.repository)
        self.switching = SubscriptionService(
            self.kept.subscribers,
            cast(OrderRepository, self.repository),
            self.network,
            catalogue(),
            self.clock,
            InlineExecutor(),
        )
        weighing = Weighing(catalogue(), self.clock)
        self.worker = OrderWorker(
            cast(OrderRepository, self.repository),
            self.network,
            self.clock,
            self.kept.subscribers,
            lambda: weighing,
            self._notice,
        )
        self.offered: dict[str, tuple[Offer, Evidence]] = {}
        """What a call has heard and not confirmed."""
        self.confirmed: dict[str, tuple[Offer, Evidence]] = {}
        self.told: dict[str, Receipt] = {}
        self.step = 0

    def _notice(self, reference: str) -> Message:
        """Every notice was sent as soon as its order was held."""
        order = self.kept.repository.get(reference.partition(":")[2])
        assert order is not None
        at = order.ordered
        sent = MessageState.SENT
        return Message(1, reference, NUMBER, "", sent, at, at, settled=at)

    def row(self) -> Subscriber:
        found = self.kept.subscribers.find(NUMBER)
        assert found is not None
        return found

    def _answer(self, key: str, act: Callable[[], Receipt]) -> None:
        self.clock.sleep(0.01)
        try:
            receipt = act()
        except Crash:
            return
        self.told[key] = receipt
        if receipt.settled is Settled.HELD:
            assert receipt.due is not None
            self.network.held[receipt.order] = receipt.due

    @rule(is_done=st.booleans())
    def network_decides_what_is_open(self, is_done: bool) -> None:
        for key in list(self.network.open):
            self.network.end(key, is_done=is_done)

    @invariant()
    def only_what_was_confirmed_is_switched(self) -> None:
        for order in self.network.carried:
            if order.undoes is None:
                confirmed = self.confirmed[order.external_id][0].changes
                assert [each.asked for each in order.changes] == [each.asked for each in confirmed]

    @invariant()
    def what_was_called_done_is_done_and_what_was_refused_is_not(self) -> None:
        orders = {each.id: each for each in self.kept.orders()}
        for receipt in self.told.values():
            written = orders.get(receipt.order)
            answer = self.network.answers.get(written.external_id) if written else None
            match receipt.settled:
                case Settled.DONE:
                    assert written is not None
                    if written.state is OrderState.CANCELLED:
                        assert orders[written.undoes or ""].state is not OrderState.COMPLETED
                        assert answer is None
                    else:
                        assert written.state is OrderState.COMPLETED
                        assert answer is NetworkAnswer.DONE
                case Settled.REFUSED:
                    assert written is None or written.state in FINAL
                    assert answer is not NetworkAnswer.DONE
                case Settled.ACCEPTED | Settled.HELD:
                    assert written is not None  # it is written down, whatever comes

    @invariant()
    def money_is_neither_made_nor_lost(self) -> None:
        done = [each for each in self.kept.orders() if each.state is OrderState.COMPLETED]
        balance = self.row().balance.tenge
        assert balance == BALANCE - sum(each.once.tenge for each in done)
        charges = self.kept.repository.charges(NUMBER, *EVER)
        assert balance + sum(amount.tenge for _, amount in charges) == BALANCE
        assert balance >= 0

    @invariant()
    def an_order_is_undone_once_and_only_if_it_was_done(self) -> None:
        done = {each.id for each in self.kept.orders() if each.state is OrderState.COMPLETED}
        undone = [each.undoes for each in self.kept.orders() if each.undoes and each.id in done]
        assert len(undone) == len(set(undone))
        assert set(undone) <= done

    @invariant()
    def no_more_packages_than_may_be_had(self) -> None:
        for service in (INTERNET, MESSAGES):
            most = catalogue().services[service].at_once
            now = self.clock.now()
            mine = [p for p in self.row().packages if p.service == service and p.until > now]
            assert len(mine) <= most

    def teardown(self) -> None:
        """With a network that works, everything that was written is finished, and agrees."""
        try:
            self._finish()
        finally:
            self.kept.close()

    def _finish(self) -> None:
        self.network.mood, self.network.cancels, self.repository.dies = "good", True, None
        self.network_decides_what_is_open(is_done=True)
        self.clock.sleep(A_DAY)
        for _ in range(len(self.kept.orders()) + 1):
            self.clock.sleep(1_000)
            self.worker.once()
        assert not self.kept.repository.waiting(NUMBER)
        assert not self.kept.repository.held(NUMBER)
        row = self.row()
        states = {id: id in row.services for id in catalogue().order}
        states |= {service: row.status is status for service, status in STATES.items()}
        assert states == {**self.start, **self.network.switched}
        assert states == {**self.start, **self._as_ordered()}
        settings = {id: held.value for id, held in row.services.items() if held.value}
        assert settings == {id: value for id, value in self.network.settings.items() if value}
        bought = sorted(package.package for package in row.packages)
        assert bought == sorted(self.network.packages.values())
        self.money_is_neither_made_nor_lost()

    def _as_ordered(self) -> dict[ServiceId, bool]:
        """What all completed orders leave behind, had they been carried out as they were given."""
        completed = [o for o in self.kept.orders() if o.state is OrderState.COMPLETED]
        completed.sort(key=lambda order: (order.settled, order.ordered))
        changes = (change for order in completed for change in order.changes)
        return {each.service: each.on for each in changes if not is_package(each)}

"""Whatever happens around an order, a confirmed change is made once, and no other is made.

A state machine deals out outages, late answers, crashes of the line at every point, workers'
rounds, repeated messages, undos; after each step the network, the database and what callers were
told must agree.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ivr.care.orders import OrderWorker
from ivr.care.rules import STATES, is_package
from ivr.care.subscriptions import Switching
from ivr.errors import TemporarilyUnavailable
from ivr.ports import (
    FORWARDING,
    SUSPENSION,
    Change,
    Characteristics,
    NetworkAnswer,
    Offer,
    Order,
    OrderState,
    Receipt,
    Settled,
)
from ivr.testing.demo import NUMBER, Operator, subscriber
from ivr.testing.orders import MemoryOrderBook
from ivr.values import ServiceId

SERVICES = [ServiceId(id) for id in ("sms", "gprs", "mms", "international", "waiting")]
FAVOURITE, PACKAGES = ServiceId("favourite"), ServiceId("internet-package")
BALANCE = 4_000
MOODS = ("good", "silent", "late", "refuses")


class Crash(Exception):
    """The line died here."""


class FragileBook(MemoryOrderBook):
    """Its process dies before or after the n-th call from now."""

    dies: tuple[int, bool] | None = None

    def _step(self, act: Callable[[], Order | None]) -> Order:
        left, before = self.dies or (-1, False)
        self.dies = (left - 1, before) if left > 0 else self.dies
        if left == 0:
            self.dies = None
            if before:
                raise Crash
        done = act()
        if left == 0:
            raise Crash
        assert done is not None
        return done

    def write(self, order: Order) -> Order:
        written = super().write
        return self._step(lambda: written(order))

    def settle(self, id: str, state: OrderState, at, reason=None) -> Order:  # type: ignore[no-untyped-def]
        settled = super().settle
        return self._step(lambda: settled(id, state, at, reason))


class FlakyNetwork:
    """Switches, refuses, keeps silent before or after it switched; idempotent by external id."""

    def __init__(self) -> None:
        self.mood = "good"
        self.answers: dict[str, NetworkAnswer] = {}
        self.switched: dict[ServiceId, bool] = {}
        self.settings: dict[ServiceId, Characteristics] = {}
        self.packages: dict[str, str] = {}
        """What was bought, by the order that bought it."""
        self.carried: list[Order] = []

    def carry_out(self, order: Order) -> NetworkAnswer:
        if self.mood == "silent":
            raise TemporarilyUnavailable("network")
        if order.external_id not in self.answers:
            refused = self.mood == "refuses"
            self.answers[order.external_id] = (
                NetworkAnswer.REFUSED if refused else NetworkAnswer.DONE
            )
            if not refused:
                self.carried.append(order)
                for change in order.changes:
                    self._switch(order, change)
        if self.mood == "late":
            raise TemporarilyUnavailable("network")
        return self.answers[order.external_id]

    def _switch(self, order: Order, change: Change) -> None:
        if is_package(change):
            if change.on:
                self.packages[order.id] = dict(change.value)["package"]
            else:
                del self.packages[order.undoes or ""]
        else:
            self.switched[change.service] = change.on
            self.settings[change.service] = change.value


class Orders(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.operator = Operator()
        self.operator.add(subscriber(services="sms", balance=BALANCE))
        self.start = {id: id == "sms" for id in [*self.operator.catalogue.order, *STATES]}
        self.network = FlakyNetwork()
        self.book = FragileBook(self.operator.subscribers)
        self.switching = Switching(
            self.operator.subscribers,
            self.book,
            self.network,
            self.operator.catalogue,
            self.operator.clock,
        )
        self.confirmed: dict[str, Offer] = {}
        self.told: dict[str, Receipt] = {}
        self.step = 0

    def _answer(self, key: str, act: Callable[[], Receipt]) -> None:
        try:
            receipt = act()
        except Crash:
            return
        self.told[key] = receipt

    @initialize(moods=st.lists(st.sampled_from(MOODS), min_size=3, max_size=3))
    def callers_on_a_bad_day(self, moods: list[str]) -> None:
        for mood, service in zip(moods, SERVICES, strict=False):
            self.caller_asks(service, mood, True)

    @rule(mood=st.sampled_from(MOODS))
    def network_changes(self, mood: str) -> None:
        self.network.mood = mood

    @rule(after=st.integers(0, 2), before=st.booleans())
    def line_will_die(self, after: int, before: bool) -> None:
        self.book.dies = (after, before)

    @rule(
        service=st.sampled_from([*SERVICES, SUSPENSION]),
        mood=st.sampled_from(MOODS),
        confirms=st.sampled_from([True, True, True, False]),
    )
    def caller_asks(self, service: ServiceId, mood: str, confirms: bool) -> None:
        self._ask(Change(service, not self.switching.states(NUMBER)[service]), mood, confirms)

    @rule(
        service=st.sampled_from([FORWARDING, FAVOURITE]),
        number=st.sampled_from(["99361000000", "99312223344"]),
        mood=st.sampled_from(MOODS),
    )
    def caller_sets(self, service: ServiceId, number: str, mood: str) -> None:
        name = "always" if service == FORWARDING else "number"
        self._ask(Change(service, True, ((name, number),)), mood)

    @rule(service=st.sampled_from([FORWARDING, FAVOURITE]), mood=st.sampled_from(MOODS))
    def caller_ends(self, service: ServiceId, mood: str) -> None:
        self._ask(Change(service, False), mood)

    @rule(package=st.sampled_from(["m", "l"]), mood=st.sampled_from(MOODS))
    def caller_buys(self, package: str, mood: str) -> None:
        self._ask(Change(PACKAGES, True, (("package", package),)), mood)

    def _ask(self, change: Change, mood: str, confirms: bool = True) -> None:
        self.network.mood = mood
        offer = self.switching.offer(NUMBER, change)
        if not (confirms and isinstance(offer, Offer)):
            return
        self.step += 1
        key, step = f"call:{self.step}", self.step
        self.confirmed[key] = offer
        self._answer(key, lambda: self.switching.order("call", step, NUMBER, offer))

    @rule(back=st.integers(0, 3))
    def message_is_repeated(self, back: int) -> None:
        keys = [key for key in self.confirmed if int(key.partition(":")[2]) > self.step - 3]
        if back < len(keys):
            key = keys[back]
            step = int(key.partition(":")[2])
            offer = self.confirmed[key]
            self._answer(key, lambda: self.switching.order("call", step, NUMBER, offer))

    @rule(back=st.integers(0, 2), mood=st.sampled_from(MOODS))
    def caller_undoes(self, back: int, mood: str) -> None:
        self.network.mood = mood
        orders = list(self.told.values())[::-1]
        undone = {order.undoes for order in self.book.orders.values()}
        if back < len(orders) and (order := orders[back].order) and order not in undone:
            self.step += 1
            step = self.step
            self._answer(f"call:{step}", lambda: self.switching.undo("call", step, NUMBER, order))

    @rule(seconds=st.sampled_from([1, 5, 400]))
    def worker_goes_round(self, seconds: int) -> None:
        self.operator.clock.sleep(seconds)
        try:
            OrderWorker(self.book, self.network, self.operator.clock).once()
        except Crash:
            return

    @invariant()
    def only_what_was_confirmed_is_switched(self) -> None:
        for order in self.network.carried:
            if order.undoes is None:
                assert order.changes == self.confirmed[order.external_id].changes

    @invariant()
    def what_was_called_done_is_done_and_what_was_refused_is_not(self) -> None:
        for key, receipt in self.told.items():
            written = self.book.orders.get(receipt.order)
            match receipt.settled:
                case Settled.DONE:
                    assert written is not None
                    assert written.state is OrderState.COMPLETED
                    assert self.network.answers[key] is NetworkAnswer.DONE
                case Settled.REFUSED:
                    assert self.network.answers.get(key) is not NetworkAnswer.DONE
                case Settled.ACCEPTED:
                    assert written is not None  # it is written down, whatever comes

    @invariant()
    def money_is_what_completed_orders_took(self) -> None:
        taken = sum(
            order.once.tenge
            for order in self.book.orders.values()
            if order.state is OrderState.COMPLETED
        )
        assert self.operator.subscribers.rows[NUMBER].balance.tenge == BALANCE - taken

    def teardown(self) -> None:
        """With a network that works, everything that was written is finished, and agrees."""
        self.network.mood, self.book.dies = "good", None
        for _ in range(len(self.book.orders) + 1):
            self.operator.clock.sleep(1_000)
            OrderWorker(self.book, self.network, self.operator.clock).once()
        assert not self.book.waiting(NUMBER)
        row = self.operator.subscribers.rows[NUMBER]
        states = {id: id in row.services for id in self.operator.catalogue.order}
        states |= {service: row.status is status for service, status in STATES.items()}
        assert states == {**self.start, **self.network.switched}
        assert states == {**self.start, **self._as_ordered()}
        settings = {id: held.value for id, held in row.services.items() if held.value}
        assert settings == {id: value for id, value in self.network.settings.items() if value}
        bought = sorted(package.package for package in row.packages)
        assert bought == sorted(self.network.packages.values())

    def _as_ordered(self) -> dict[ServiceId, bool]:
        """What all completed orders leave behind, had they been carried out as they were given."""
        completed = (o for o in self.book.orders.values() if o.state is OrderState.COMPLETED)
        changes = (change for order in completed for change in order.changes)
        return {each.service: each.on for each in changes if not is_package(each)}


TestOrdersInAnyOrder = Orders.TestCase
TestOrdersInAnyOrder.settings = settings(max_examples=300, stateful_step_count=25)

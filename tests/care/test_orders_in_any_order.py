"""Whatever happens around an order, a confirmed change is made once, and no other is made.

A state machine deals out two calls at once, outages, late answers, orders that stay open, refusals
after acceptance, cancellations that come too late, crashes of the line at every point, workers'
rounds, repeated messages, undos, used packages, held orders; after each step the network, the
records, the money and what callers were told must agree. It runs on the records in memory and on
those in SQLite.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ivr.care.catalogue import Catalogue, Refund
from ivr.care.lostorders import LostOrders
from ivr.care.ordercheck import Weighing
from ivr.care.orders import OrderWorker
from ivr.care.rules import STATES, is_package
from ivr.care.settlement import FINAL
from ivr.care.subscriptions import SubscriptionService
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.messages import Message, MessageState
from ivr.domain.orders import NetworkAnswer, Order, OrderState
from ivr.domain.services import (
    FORWARDING,
    SUSPENSION,
    Change,
    Characteristics,
    Offer,
    Receipt,
    Settled,
)
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import ServiceId
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.ports.orders import OrderRepository
from ivr.ports.subscribers import Subscribers
from ivr.store import Store, migrate, open_database
from ivr.testing.acting import at_terminal, by, on_phone
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, shipped_catalogue, subscriber
from ivr.testing.executors import InlineExecutor
from ivr.testing.memory import MemorySubscribers
from ivr.testing.orders import MemoryOrderRepository
from tests.store.rows import PEPPER, StoredRecords

SERVICES = [ServiceId(id) for id in ("sms", "gprs", "mms", "international", "waiting")]
FAVOURITE = ServiceId("favourite")
INTERNET, MESSAGES = ServiceId("internet-package"), ServiceId("sms-package")
BALANCE = 3_000
MOODS = ("good", "good", "silent", "late", "slow", "refuses")
CHANNELS = ("a", "b")
STRONG, WEAK = Evidence(), Evidence(IdentificationMethod.PASSPORT)
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
AN_HOUR, A_DAY = 3_600, 90_000


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped one; of internet packages undoing pays the rest back."""
    shipped = shipped_catalogue()
    rest = shipped.services[INTERNET].model_copy(update={"refund": Refund.REST})
    return shipped.model_copy(update={"services": {**shipped.services, INTERNET: rest}})


class Crash(Exception):
    """The line died here."""


class FragileBook:
    """A book whose process dies before or after the n-th writing from now."""

    def __init__(self, repository: OrderRepository) -> None:
        self.repository = repository
        self.dies: tuple[int, bool] | None = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.repository, name)
        if name not in ("write", "settle", "settle_by_hand", "tried", "stop", "release"):
            return method
        return lambda *args, **kwargs: self._step(lambda: method(*args, **kwargs))

    def _step(self, act: Callable[[], object]) -> object:
        left, before = self.dies or (-1, False)
        self.dies = (left - 1, before) if left > 0 else self.dies
        if left == 0:
            self.dies = None
            if before:
                raise Crash
        done = act()
        if left == 0:
            raise Crash
        return done


class FlakyNetwork:
    """Switches, refuses, keeps silent before or after it took an order, or takes its time.

    Idempotent by external id.
    """

    def __init__(self, clock: FixedClock, find: Callable[[str], Order | None]) -> None:
        self.clock, self.find = clock, find
        self.mood = "good"
        self.cancels = True
        self.answers: dict[str, NetworkAnswer] = {}
        self.open: dict[str, Order] = {}
        """Taken, and not decided yet."""
        self.switched: dict[ServiceId, bool] = {}
        self.settings: dict[ServiceId, Characteristics] = {}
        self.packages: dict[str, str] = {}
        """What was bought, by the order that bought it."""
        self.carried: list[Order] = []
        self.held: dict[str, datetime] = {}
        """When held orders are due."""

    def carry_out(self, order: Order) -> NetworkAnswer:
        if self.mood == "silent":
            raise TemporarilyUnavailable("network")
        assert self.clock.now() >= self.held.get(order.id, self.clock.now()), "it is held"
        if order.undoes is not None:
            undone = self.find(order.undoes)
            assert undone is not None
            assert self.answers[undone.external_id] is NetworkAnswer.DONE, "it is still open"
        key = order.external_id
        if key not in self.answers:
            self.open[key] = order
            if self.mood != "slow":
                self.end(key, is_done=self.mood != "refuses")
        if self.mood == "late" or key in self.open:
            raise TemporarilyUnavailable("network")
        return self.answers[key]

    def cancel(self, order: Order) -> NetworkAnswer | None:
        if self.mood == "silent":
            raise TemporarilyUnavailable("network")
        key = order.external_id
        if key in self.open and self.cancels:
            del self.open[key]
            self.answers[key] = NetworkAnswer.CANCELLED
        if self.mood == "late" or key in self.open:
            raise TemporarilyUnavailable("network")
        return self.answers.get(key)

    def outcome(self, order: Order) -> NetworkAnswer | None:
        return self.answers.get(order.external_id)

    def end(self, key: str, *, is_done: bool) -> None:
        """Decide an order that was taken."""
        order = self.open.pop(key)
        self.answers[key] = NetworkAnswer.DONE if is_done else NetworkAnswer.REFUSED
        if is_done:
            self.carried.append(order)
            for change in order.changes:
                self._switch(order, change)

    def _switch(self, order: Order, change: Change) -> None:
        if not is_package(change):
            self.switched[change.service] = change.on
            self.settings[change.service] = change.value
        elif change.on:
            self.packages[order.id] = dict(change.value)["package"]
        else:
            del self.packages[order.undoes or ""]


class Records(ABC):
    """Where the machine's records are kept."""

    subscribers: Subscribers
    repository: OrderRepository

    @abstractmethod
    def add(self, row: Subscriber) -> None:
        """Add a subscriber."""

    @abstractmethod
    def use(self, order: Order, left: int) -> None:
        """The meter says what is left of the package that an order bought."""

    @abstractmethod
    def orders(self) -> Sequence[Order]:
        """All of them."""

    @abstractmethod
    def close(self) -> None:
        """End what the records hold."""


class InMemory(Records):
    def __init__(self) -> None:
        self.rows = MemorySubscribers()
        self.memory = MemoryOrderRepository(self.rows)
        self.subscribers, self.repository = self.rows, self.memory

    def add(self, row: Subscriber) -> None:
        self.rows.rows[row.msisdn] = row

    def use(self, order: Order, left: int) -> None:
        row = self.rows.rows[order.number]
        used = tuple(
            dataclasses.replace(each, left=left) if each.order == order.id else each
            for each in row.packages
        )
        self.rows.rows[order.number] = dataclasses.replace(row, packages=used)

    def orders(self) -> Sequence[Order]:
        return list(self.memory.orders.values())

    def close(self) -> None:
        """Nothing is held."""


@lru_cache(maxsize=1)
def migrated() -> Path:
    """An empty database to copy."""
    file = Path(tempfile.mkdtemp()) / "migrated.sqlite"
    migrate(f"sqlite:///{file}")
    return file


class InSqlite(Records):
    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "ivr.sqlite"
        shutil.copy(migrated(), file)
        self.store: Store = open_database(f"sqlite:///{file}", PEPPER)
        self.subscribers, self.repository = self.store.subscribers, self.store.orders

    def add(self, row: Subscriber) -> None:
        StoredRecords(self.store).add(row)

    def use(self, order: Order, left: int) -> None:
        self.store.packages.set_left(*by("meter"), {order.external_id: left})

    def orders(self) -> Sequence[Order]:
        return self.store.orders.newest(10_000)

    def close(self) -> None:
        self.store.close()
        self.folder.cleanup()


class Orders(RuleBasedStateMachine):
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

    @initialize(moods=st.lists(st.sampled_from(MOODS), min_size=3, max_size=3))
    def callers_on_a_bad_day(self, moods: list[str]) -> None:
        for mood, service in zip(moods, SERVICES, strict=False):
            self._hear("a", Change(service, service not in ("sms", "gprs")), mood)

    @rule(mood=st.sampled_from(MOODS), cancels=st.booleans())
    def network_changes(self, mood: str, cancels: bool) -> None:
        self.network.mood, self.network.cancels = mood, cancels

    @rule(is_done=st.booleans())
    def network_decides_what_is_open(self, is_done: bool) -> None:
        for key in list(self.network.open):
            self.network.end(key, is_done=is_done)

    @rule(back=st.integers(0, 3))
    def event_arrives(self, back: int) -> None:
        keys = list(self.network.answers)[::-1]
        if back < len(keys):
            try:
                self.worker.look(keys[back], self.network)
            except Crash:
                return

    @rule(after=st.integers(0, 3), before=st.booleans())
    def line_will_die(self, after: int, before: bool) -> None:
        self.repository.dies = (after, before)

    @rule(
        channel=st.sampled_from(CHANNELS),
        service=st.sampled_from([*SERVICES, SUSPENSION, FORWARDING, FAVOURITE]),
        mood=st.sampled_from([*MOODS, None]),
    )
    def caller_switches(self, channel: str, service: ServiceId, mood: str | None) -> None:
        self._hear(channel, Change(service, not self.switching.states(NUMBER)[service]), mood)

    @rule(
        channel=st.sampled_from(CHANNELS),
        what=st.sampled_from([(FORWARDING, "always"), (FORWARDING, "busy"), (FAVOURITE, "number")]),
        number=st.sampled_from(["99361000000", "99312223344", ""]),
        evidence=st.sampled_from([STRONG, WEAK]),
        mood=st.sampled_from([*MOODS, None]),
    )
    def caller_sets(
        self,
        channel: str,
        what: tuple[ServiceId, str],
        number: str,
        evidence: Evidence,
        mood: str | None,
    ) -> None:
        service, part = what
        self._hear(channel, Change(service, True, ((part, number),)), mood, evidence)

    @rule(
        channel=st.sampled_from(CHANNELS),
        service=st.sampled_from([INTERNET, INTERNET, MESSAGES]),
        package=st.sampled_from(["m", "l"]),
        mood=st.sampled_from([*MOODS, None]),
    )
    def caller_buys(self, channel: str, service: ServiceId, package: str, mood: str | None) -> None:
        self._hear(channel, Change(service, True, (("package", package),)), mood)

    @rule(channel=st.sampled_from(CHANNELS), mood=st.sampled_from(MOODS))
    def caller_confirms(self, channel: str, mood: str) -> None:
        """Perhaps long after the price was told: the other call goes on meanwhile."""
        if channel not in self.offered:
            return
        self.network.mood = mood
        self.step += 1
        self._order(f"{channel}:{self.step}", *self.offered.pop(channel))

    @rule(
        mood=st.sampled_from(MOODS),
        package=st.sampled_from(["m", "l"]),
        service=st.sampled_from([INTERNET, MESSAGES]),
    )
    def both_buy_at_once(self, mood: str, package: str, service: ServiceId) -> None:
        for channel in CHANNELS:
            self._hear(channel, Change(service, True, (("package", package),)), None)
        for channel in CHANNELS:
            self.caller_confirms(channel, mood)

    def _hear(
        self, channel: str, change: Change, mood: str | None, evidence: Evidence = STRONG
    ) -> None:
        """Hear the price, and confirm it at once unless there is no mood yet."""
        offer = self.switching.offer(NUMBER, change, evidence)
        if isinstance(offer, Offer):
            self.offered[channel] = offer, evidence
            if mood is not None:
                self.caller_confirms(channel, mood)

    def _order(self, key: str, offer: Offer, evidence: Evidence) -> None:
        self.confirmed[key] = offer, evidence
        by = on_phone(key.partition(":")[0], int(key.partition(":")[2]))
        self._answer(
            key,
            lambda: self.switching.order(*by, NUMBER, offer, evidence=evidence),
        )

    @rule(back=st.integers(0, 3))
    def message_is_repeated(self, back: int) -> None:
        keys = list(self.confirmed)[::-1]
        if back < len(keys):
            self._order(keys[back], *self.confirmed[keys[back]])

    @rule(back=st.integers(0, 3), mood=st.sampled_from(MOODS), channel=st.sampled_from(CHANNELS))
    def caller_undoes(self, back: int, mood: str, channel: str) -> None:
        """With a key of its own each time, of an order that may be undone already."""
        self.network.mood = mood
        mine = [told for key, told in self.told.items() if key.startswith(f"{channel}:")]
        undos = {each.id for each in self.kept.orders() if each.undoes}
        orders = [each.order for each in mine if each.order and each.order not in undos][::-1]
        if back < len(orders):
            self.step += 1
            step = self.step
            self._answer(
                f"{channel}:{step}",
                lambda: self.switching.undo(*on_phone(channel, step), NUMBER, orders[back]),
            )

    @rule(
        channel=st.sampled_from(CHANNELS),
        service=st.sampled_from([INTERNET, INTERNET, MESSAGES, FAVOURITE]),
        mood=st.sampled_from(MOODS),
        share=st.sampled_from([0, 1, 2]),
        is_done=st.booleans(),
        moods=st.lists(st.sampled_from(MOODS), min_size=1, max_size=2),
    )
    def caller_thinks_better_of_it(
        self,
        channel: str,
        service: ServiceId,
        mood: str,
        share: int,
        is_done: bool,
        moods: list[str],
    ) -> None:
        """Buys, uses it perhaps, and undoes it: twice, because the first time was lost."""
        name, value = ("number", "99361000000") if service == FAVOURITE else ("package", "m")
        self._hear(channel, Change(service, True, ((name, value),)), mood)
        self.network_decides_what_is_open(is_done)
        self.package_is_used(0, share)
        for each in moods:
            self.caller_undoes(0, each, channel)

    @rule(back=st.integers(0, 2), share=st.sampled_from([0, 1, 2]))
    def package_is_used(self, back: int, share: int) -> None:
        owned = self.row().packages[::-1]
        if back < len(owned):
            order = self.kept.repository.get(owned[back].order)
            assert order is not None
            self.kept.use(order, owned[back].left * share // 2)

    @rule()
    def owner_stops_what_is_held(self) -> None:
        try:
            for each in self.switching.held(NUMBER):
                assert self.switching.stop(*on_phone("owner"), NUMBER, each.order)
        except Crash:
            return

    @rule(back=st.integers(0, 2), is_done=st.booleans(), seconds=st.sampled_from([0, 5, 400]))
    def engineer_settles(self, back: int, is_done: bool, seconds: int) -> None:
        """By hand, as it is in the network; or it is made so there."""
        self.clock.sleep(seconds)
        waiting = self.kept.repository.waiting(NUMBER)[::-1]
        if back >= len(waiting):
            return
        order = waiting[back]
        key = order.external_id
        if key in self.network.answers:
            is_done = self.network.answers[key] is NetworkAnswer.DONE
        desk = LostOrders(cast(OrderRepository, self.repository), self.clock)
        try:
            desk.settle(*at_terminal(), order.id, is_done=is_done)
        except Unusable:
            return
        except Crash:
            settled = self.kept.repository.get(order.id)
            if settled is None or settled.state not in FINAL:
                return
        settled = self.kept.repository.get(order.id)
        if key not in self.network.answers:
            self.network.open.pop(key, None)
            if settled is not None and settled.state is OrderState.COMPLETED:
                self.network.open[key] = order
                self.network.end(key, is_done=True)
            else:
                self.network.answers[key] = NetworkAnswer.CANCELLED

    @rule(seconds=st.sampled_from([1, 5, 400, A_DAY]))
    def worker_goes_round(self, seconds: int) -> None:
        self.clock.sleep(seconds)
        try:
            self.worker.once()
        except Crash:
            return

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


class StoredOrders(Orders):
    records = InSqlite


TestOrdersInAnyOrder = Orders.TestCase
TestOrdersInAnyOrder.settings = settings(max_examples=200, stateful_step_count=30)
TestStoredOrdersInAnyOrder = StoredOrders.TestCase
TestStoredOrdersInAnyOrder.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None
)

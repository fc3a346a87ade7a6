"""An order book that dies, and a network that does what it likes."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ivr.care.catalogue import Catalogue, Refund
from ivr.care.rules import is_package
from ivr.domain.orders import NetworkAnswer, Order
from ivr.domain.services import Change, Characteristics
from ivr.domain.subscriber import Subscriber
from ivr.domain.values import ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.ports.orders import OrderRepository
from ivr.ports.subscribers import Subscribers
from ivr.store import Store, migrate, open_database
from ivr.testing.acting import by
from ivr.testing.clock import FixedClock
from ivr.testing.demo import shipped_catalogue
from ivr.testing.orders import MemoryOrderRepository
from ivr.testing.subscribers import MemorySubscribers
from tests.store.rows import PEPPER, StoredRecords

INTERNET, MESSAGES = ServiceId("internet-package"), ServiceId("sms-package")


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

"""State shared by the simulated network's APIs: data, behaviour, and delivery of events."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import httpx
import structlog

from ivr.care.catalogue import Catalogue
from ivr.domain.payments import BillLine
from ivr.domain.subscriber import Status
from ivr.domain.values import Msisdn
from ivr.network.models.activation import ServiceState
from ivr.network.models.service_order import (
    STATE_CHANGE,
    ChangedOrder,
    NewServiceOrder,
    ServiceOrder,
    ServiceOrderState,
    StateChange,
)
from ivr.simulators.network.behaviour import SimulatorBehaviour
from ivr.simulators.network.events import sent
from ivr.simulators.network.file import utc_now
from ivr.simulators.network.habit import Habit
from ivr.simulators.network.registry import Registry
from ivr.simulators.network.state import NetworkSimulator

log = structlog.get_logger()

ROUND = 0.05
"""Seconds between two searches for orders that are due."""
DELIVERY_TRIES = 3


@dataclass(frozen=True)
class SimulatorData:
    """Data of the operator's own systems, taken from the installation."""

    catalogue: Catalogue
    status: Callable[[Msisdn], Status | None] = lambda _number: None
    items: Callable[[Msisdn, date], tuple[BillLine, ...]] = lambda _number, _month: ()
    """The items of a bill; the month is given by its first day."""


@dataclass
class SimulatorState:
    """One simulated operator, while its server runs."""

    state: NetworkSimulator
    books: SimulatorData
    token: str
    """The bearer token that requests must have."""
    mood: SimulatorBehaviour = field(default_factory=SimulatorBehaviour)
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while there may be orders that have not ended."""
    _deliveries: set[asyncio.Task[None]] = field(default_factory=set)
    _told: dict[str, list[StateChange]] = field(default_factory=dict)
    _born: dict[str, float] = field(default_factory=dict)
    _came: set[str] = field(default_factory=set)
    kept: dict[str, ServiceState] = field(default_factory=dict)
    """New services, by id, whose state differs from the requested one."""

    @property
    def registry(self) -> Registry:
        """Tickets and listeners, stored in the same file."""
        return Registry(self.state.file)

    def loses_answer(self) -> bool:
        """Tell whether to lose this answer; count it."""
        if not self.mood.loses:
            return False
        self.mood = self.mood.model_copy(update={"loses": self.mood.loses - 1})
        return True

    def end(self, id: str) -> ServiceOrder | None:
        """Complete or reject an order, and notify the listeners."""
        order = self.state.order(id)
        if order is None:
            return None
        asked = {
            item.service.service_specification.id
            for item in order.service_order_item
            if item.service and item.service.service_specification
        }
        is_refused = not asked.isdisjoint(self.mood.refuses)
        return self.enter(
            id, ServiceOrderState.REJECTED if is_refused else ServiceOrderState.COMPLETED
        )

    def enter(self, id: str, state: ServiceOrderState) -> ServiceOrder | None:
        """Set the state of an order, and notify the listeners if it changed."""
        order, is_new = self.state.enter(id, state, utc_now())
        if order is not None and is_new:
            self._tell(order)
        return order

    def has(self, habit: Habit) -> bool:
        return habit in self.mood.habits

    def fresh_id(self) -> str:
        """Return an id for a new resource, in the form of the habits."""
        if self.has(Habit.NUMBERS):
            return str(secrets.randbelow(10**9) + 1)
        if self.has(Habit.ODD_IDS):
            return f"SO/2026/{secrets.token_hex(4)}?a=1#b"
        return str(uuid.uuid4())

    def take(self, new: NewServiceOrder, seconds: float) -> tuple[ServiceOrder, bool]:
        """Accept an order that ends in ``seconds``. False: it exists already."""
        due = time.time() + seconds
        doubles = self.has(Habit.DOUBLES)
        order, is_new = self.state.write(new, due, utc_now(), self.fresh_id(), doubles=doubles)
        if is_new:
            self.appears(order.id)
        self._awake.set()
        return order, is_new

    def appears(self, key: str) -> None:
        """Note the creation of a resource: reads from a replica show it later."""
        self._born[key] = time.monotonic()

    def is_seen(self, key: str) -> bool:
        """Tell whether reads show a resource already."""
        lag = self.mood.reads_lag if self.has(Habit.REPLICA) else 0.0
        return time.monotonic() >= self._born.get(key, float("-inf")) + lag

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Run ``work`` in ``seconds``, if the server still runs."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            work()

        self._keep(asyncio.get_running_loop().create_task(wait()))

    def turns_away(self, kind: str) -> bool:
        """Tell whether a request is the first of its kind: habits with Retry-After refuse that."""
        is_first = kind not in self._came
        self._came.add(kind)
        return is_first

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def run(self) -> None:
        """End orders when they are due, until cancelled."""
        while True:
            try:
                waiting = self._go_round()
            except sqlite3.Error as error:
                log.error("the simulated network cannot read its file", reason=str(error))
                waiting = True
            if not waiting:
                self._awake.clear()
                await self._awake.wait()
            await asyncio.sleep(ROUND)

    def _go_round(self) -> bool:
        """Update all orders that have not ended. False: there are none."""
        waiting = self.state.due(time.time())
        for order, left in waiting:
            if left <= 0:
                self.end(order.id)
            elif order.state is ServiceOrderState.ACKNOWLEDGED and self.mood.completes_after:
                self.enter(order.id, ServiceOrderState.IN_PROGRESS)
        return bool(waiting)

    def _tell(self, order: ServiceOrder) -> None:
        event = StateChange(
            event_id=str(uuid.uuid4()),
            event_time=utc_now(),
            event_type=STATE_CHANGE,
            event=ChangedOrder(service_order=order),
        )
        earlier = self._told.pop(order.id, [])
        events = [*earlier, event]
        if order.completion_date is None:
            self._told[order.id] = events
        late = [each for _ in range(self.mood.deliveries - 1) for each in reversed(events)]
        for callback in self.registry.listeners():
            told = [event, *late] if self.mood.deliveries else []
            self._keep(asyncio.get_running_loop().create_task(self._deliver(callback, told)))

    async def _deliver(self, callback: str, events: list[StateChange]) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
            for event in events:
                for left in reversed(range(DELIVERY_TRIES)):
                    try:
                        reply = await client.post(
                            f"{callback}/listener/serviceOrderStateChangeEvent",
                            content=sent(event.wire(), self.mood.habits),
                            headers={"Content-Type": "application/json"},
                        )
                        if reply.status_code < 500:
                            break
                    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
                        pass  # nothing listens there, or the address is invalid
                    if left:
                        await asyncio.sleep(0.2)
                else:
                    log.info("an event is not delivered", event_type=event.event_type)

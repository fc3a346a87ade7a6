"""The database in memory: every port of ``ivr.ports.records`` with the same behaviour."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ivr.call import Call, Outcome
from ivr.care.attempts import fifth_in_hour, tenth_in_day
from ivr.care.orders import FINAL
from ivr.care.rules import STATES, is_package
from ivr.ports import (
    Announcement,
    Attempt,
    AttemptCounts,
    AttemptResult,
    Change,
    Held,
    HeldPackage,
    Order,
    OrderState,
    Reason,
    Request,
    Status,
    StoredRelease,
    Subscriber,
    Verifiers,
)
from ivr.testing.messages import MemoryOutbox as MemoryOutbox
from ivr.testing.messages import MemoryPromises as MemoryPromises
from ivr.values import Language, Money, Msisdn, Secret, ServiceId


@dataclass
class MemorySubscribers:
    """Subscribers by number, with what their secrets are compared with."""

    rows: dict[Msisdn, Subscriber] = field(default_factory=dict)
    secrets: dict[Msisdn, Verifiers] = field(default_factory=dict)
    puks: dict[Msisdn, Secret] = field(default_factory=dict)
    told: list[tuple[Msisdn, str, datetime]] = field(default_factory=list)
    """PUKs that were told: number, to whom, when."""

    def find(self, number: Msisdn) -> Subscriber | None:
        return self.rows.get(number)

    def verifiers(self, number: Msisdn) -> Verifiers | None:
        return self.secrets.get(number, Verifiers()) if number in self.rows else None

    def set_codeword(self, number: Msisdn, verifiers: Verifiers, author: str) -> bool:
        if number not in self.rows:
            return False
        passport = self.secrets.get(number, Verifiers()).passport
        self.secrets[number] = dataclasses.replace(verifiers, passport=passport)
        return True

    def puk(self, number: Msisdn) -> Secret | None:
        return self.puks.get(number)

    def puks_told(self, number: Msisdn, author: str) -> int:
        return sum(told == number and whom == author for told, whom, _ in self.told)

    def note_puk(
        self, number: Msisdn, author: str, at: datetime, since: datetime, most: int
    ) -> bool:
        if sum(told == number and when > since for told, _, when in self.told) >= most:
            return False
        self.told.append((number, author, at))
        return True


@dataclass
class _Try:
    id: int
    attempt: Attempt
    at: datetime
    result: AttemptResult = AttemptResult.OPEN
    forgotten: bool = False


@dataclass
class MemoryAttempts:
    """Tries to identify, in the order in which they were made."""

    tries: list[_Try] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, attempt: Attempt, at: datetime) -> int:
        with self._lock:
            self.tries.append(_Try(len(self.tries) + 1, attempt, at))
            return self.tries[-1].id

    def settle(self, id: int, result: AttemptResult) -> None:
        with self._lock:
            settled = self.tries[id - 1]
            if settled.result is not AttemptResult.OPEN:
                return
            settled.result = result
            if result is AttemptResult.MATCH:
                for each in self.tries[:id]:
                    each.forgotten |= each.attempt.number == settled.attempt.number

    def counts(
        self,
        call: str,
        number: Msisdn,
        caller: Msisdn | None,
        at: datetime,
        before: int | None = None,
    ) -> AttemptCounts:
        with self._lock:
            failed = [
                each
                for each in self.tries
                if each.result is not AttemptResult.MATCH and (before is None or each.id < before)
            ]
        times = [each.at for each in failed if each.attempt.number == number and not each.forgotten]
        hour_ago = at - timedelta(hours=1)
        return AttemptCounts(
            in_call=sum(each.attempt.call == call for each in failed),
            in_row=len(times),
            fifth_at=fifth_in_hour(times),
            tenth_at=tenth_in_day(times),
            numbers_by_caller=len(
                {
                    each.attempt.number
                    for each in failed
                    if caller and each.attempt.caller == caller and each.at >= hour_ago
                }
            ),
        )

    def unlock(self, number: Msisdn, author: str, at: datetime) -> bool:
        with self._lock:
            failed = [
                each
                for each in self.tries
                if each.attempt.number == number
                and each.result is not AttemptResult.MATCH
                and not each.forgotten
            ]
            for each in failed:
                each.forgotten = True
            return bool(failed)


@dataclass
class MemoryOrderBook:
    """Orders as written down; settling one changes ``subscribers``."""

    subscribers: MemorySubscribers
    orders: dict[str, Order] = field(default_factory=dict)
    _bought: dict[str, HeldPackage] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def write(self, order: Order) -> Order:
        with self._lock:
            for known in self.orders.values():
                if known.external_id == order.external_id:
                    return known
            self.orders[order.id] = order
            return order

    def get(self, id: str) -> Order | None:
        return self.orders.get(id)

    def find(self, external_id: str) -> Order | None:
        with self._lock:
            found = (each for each in self.orders.values() if each.external_id == external_id)
            return next(found, None)

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        if state not in FINAL:
            raise ValueError(f"{state} does not settle an order")
        with self._lock:
            order = self.orders[id]
            if order.state in FINAL:
                return order
            settled = dataclasses.replace(order, state=state, settled=at, reason=reason)
            self.orders[id] = settled
            if state is OrderState.COMPLETED:
                self._apply(settled)
            return settled

    def tried(self, id: str, at: datetime) -> None:
        with self._lock:
            order = self.orders[id]
            if order.state not in FINAL:
                self.orders[id] = dataclasses.replace(
                    order, state=OrderState.IN_PROGRESS, tries=order.tries + 1, tried=at
                )

    def unsettled(self, before: datetime, most: int) -> Sequence[Order]:
        waiting = (order for order in self.orders.values() if order.state not in FINAL)
        due = [order for order in waiting if (order.tried or order.ordered) <= before]
        return sorted(due, key=lambda order: order.ordered)[:most]

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        return sorted(
            (o for o in self.orders.values() if o.number == number and o.state not in FINAL),
            key=lambda order: order.ordered,
        )

    def last_settled(self, number: Msisdn, service: ServiceId) -> datetime | None:
        done = [
            order
            for order in self.orders.values()
            if order.number == number and order.state is OrderState.COMPLETED
        ]
        undone = {order.undoes for order in done}
        return max(
            (
                order.settled
                for order in done
                if order.settled
                and order.undoes is None
                and order.id not in undone
                and any(change.service == service for change in order.changes)
            ),
            default=None,
        )

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        done = [
            order
            for order in self.orders.values()
            if order.number == number
            and order.state is OrderState.COMPLETED
            and order.settled is not None
            and order.settled >= since
        ]
        undone = {order.undoes for order in done}
        return [
            (order.changes[-1].service, order.once)
            for order in done
            if order.once.tenge > 0
            and order.id not in undone
            and order.settled is not None
            and order.settled < until
        ]

    def _apply(self, order: Order) -> None:
        subscriber = self.subscribers.rows.get(order.number)
        if subscriber is None:
            return
        services, status = dict(subscriber.services), subscriber.status
        packages = subscriber.packages
        for change in order.changes:
            if state := STATES.get(change.service):
                if status in (Status.ACTIVE, state):
                    status = state if change.on else Status.ACTIVE
            elif is_package(change):
                packages = self._packages(packages, order, change)
            elif change.on:
                since = services[change.service].since if change.service in services else None
                services[change.service] = Held(since or order.settled, change.value)
            else:
                services.pop(change.service, None)
        self.subscribers.rows[order.number] = dataclasses.replace(
            subscriber,
            services=services,
            status=status,
            balance=subscriber.balance - order.once,
            packages=packages,
        )

    def _packages(
        self, packages: tuple[HeldPackage, ...], order: Order, change: Change
    ) -> tuple[HeldPackage, ...]:
        if not change.on:
            assert order.undoes is not None
            undone = self._bought.pop(order.undoes, None)
            return tuple(each for each in packages if each is not undone)
        assert order.settled is not None
        bought = dict(change.value)
        until = order.settled + timedelta(days=int(bought["days"]))
        self._bought[order.id] = HeldPackage(
            change.service, bought["package"], int(bought["volume"]), until
        )
        fresh = (*packages, self._bought[order.id])
        return tuple(sorted(fresh, key=lambda each: each.until))


@dataclass
class MemoryJournal:
    """Calls by id, and what the queue did with them."""

    calls: dict[str, Call] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    agents: dict[str, dict[str, str]] = field(default_factory=dict)

    def begin(self, call: Call) -> None:
        self.calls[call.id] = call
        self.outcomes.pop(call.id, None)

    def end(self, call: Call, outcome: Outcome, at: datetime) -> None:
        self.calls[call.id] = call
        self.outcomes[call.id] = outcome

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        self.agents.setdefault(call, {}).setdefault(event, agent)


@dataclass
class MemoryPayments:
    """Payments in the order in which they were taken over."""

    rows: list[tuple[Msisdn, datetime, Money]] = field(default_factory=list)

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        mine = [(at, amount) for owner, at, amount in self.rows if owner == number]
        return sorted(mine, key=lambda each: each[0], reverse=True)[:most]

    def add(self, payments: Sequence[tuple[Msisdn, datetime, Money]], author: str) -> int:
        fresh = [each for each in dict.fromkeys(payments) if each not in self.rows]
        self.rows.extend(fresh)
        return len(fresh)


@dataclass
class MemoryAnnouncements:
    """Announcements in the order in which they were set."""

    kept: list[Announcement] = field(default_factory=list)

    def newest(self) -> Announcement | None:
        return self.kept[-1] if self.kept else None

    def set(self, announcement: Announcement, at: datetime) -> None:
        self.kept.append(announcement)


@dataclass
class MemoryRequests:
    """Requests to the back office, in the order of their numbers."""

    kept: list[Request] = field(default_factory=list)

    def write(self, request: Request) -> Request:
        for known in self.kept:
            if known.reference == request.reference:
                return known
        self.kept.append(dataclasses.replace(request, number=len(self.kept) + 1))
        return self.kept[-1]

    def find(self, reference: str) -> Request | None:
        return next((each for each in self.kept if each.reference == reference), None)

    def unsent(self, before: datetime, most: int) -> Sequence[Request]:
        waiting = (each for each in self.kept if each.ticket is None)
        return [each for each in waiting if (each.tried or each.at) <= before][:most]

    def sent(self, number: int, ticket: str) -> None:
        if self.kept[number - 1].ticket is None:
            self._change(number, ticket=ticket)

    def tried(self, number: int, at: datetime) -> None:
        self._change(number, tries=self.kept[number - 1].tries + 1, tried=at)

    def newest(self, most: int) -> Sequence[Request]:
        return self.kept[::-1][:most]

    def _change(self, number: int, **changes: Any) -> None:
        self.kept[number - 1] = dataclasses.replace(self.kept[number - 1], **changes)


@dataclass
class MemoryCallers:
    """Languages by calling number."""

    languages: dict[Msisdn, Language] = field(default_factory=dict)

    def language(self, caller: Msisdn) -> Language | None:
        return self.languages.get(caller)

    def remember(self, caller: Msisdn, language: Language) -> None:
        self.languages[caller] = language


@dataclass
class MemoryCallbacks:
    """Numbers to be called back, with the calls that left them."""

    left: list[tuple[Call, Msisdn]] = field(default_factory=list)

    def leave(self, call: Call, number: Msisdn) -> None:
        if (call.id, number) not in ((known.id, kept) for known, kept in self.left):
            self.left.append((call, number))


@dataclass
class MemoryReleases:
    """Releases in the order of their numbers."""

    kept: list[StoredRelease] = field(default_factory=list)
    pointer: int | None = None

    def publish(self, document: str, author: str, at: datetime) -> int:
        self.kept.append(StoredRelease(len(self.kept) + 1, author, at, document))
        self.pointer = len(self.kept)
        return self.pointer

    def live(self) -> int | None:
        return self.pointer

    def get(self, number: int) -> StoredRelease | None:
        return self.kept[number - 1] if 0 < number <= len(self.kept) else None

    def newest(self, most: int) -> Sequence[StoredRelease]:
        return self.kept[::-1][:most]

    def point(self, number: int, author: str, at: datetime) -> bool:
        if self.get(number) is None:
            return False
        self.pointer = number
        return True

"""The database in memory: every port of ``ivr.ports.records``, with the same behaviour."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ivr.care.paying import news, said_of_odd
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Call, CallOutcome
from ivr.domain.callbacks import Asked, Bound, CallbackResult, Left
from ivr.domain.content import Announcement, StoredRelease
from ivr.domain.identification import Proof
from ivr.domain.payments import KnownPayment, PaymentRow
from ivr.domain.requests import NoRequest, Request
from ivr.domain.subscriber import Status, Subscriber, Verifiers
from ivr.domain.values import Language, Money, Msisdn, Secret
from ivr.errors import KeyTaken, Unusable
from ivr.ports.callbacks import CallbackRepository
from ivr.ports.care import Callers
from ivr.ports.content import Announcements, Releases
from ivr.ports.journal import Journal
from ivr.ports.requests import RequestRepository
from ivr.ports.subscribers import Payments, Subscribers
from ivr.testing.attempts import MemoryAttempts as MemoryAttempts
from ivr.testing.attempts import MemoryCodes as MemoryCodes


@dataclass
class MemorySubscribers(Subscribers):
    """Subscribers by number, with the verifiers of their secrets."""

    rows: dict[Msisdn, Subscriber] = field(default_factory=dict)
    secrets: dict[Msisdn, Verifiers] = field(default_factory=dict)
    puks: dict[Msisdn, Secret] = field(default_factory=dict)
    told: list[tuple[Msisdn, str, datetime]] = field(default_factory=list)
    """PUKs that were disclosed: number, to whom, when."""
    codewords: list[Msisdn] = field(default_factory=list)
    """Numbers whose code word was set, in order."""
    proofs: dict[Msisdn, Proof] = field(default_factory=dict)
    keys: dict[tuple[str, OperationKey], Msisdn] = field(default_factory=dict)
    """What was done to which number under which key."""
    attempts: MemoryAttempts | None = None
    """The failures that a new code word deletes."""

    def find(self, number: Msisdn) -> Subscriber | None:
        return self.rows.get(number)

    def among(self, numbers: Collection[Msisdn]) -> frozenset[Msisdn]:
        return frozenset(number for number in numbers if number in self.rows)

    def verifiers(self, number: Msisdn) -> Verifiers | None:
        return self.secrets.get(number, Verifiers()) if number in self.rows else None

    def set_codeword(
        self, actor: Actor, key: OperationKey, number: Msisdn, verifiers: Verifiers
    ) -> bool:
        if number not in self.rows:
            return False
        if self._is_done("set", key, number):
            return True
        passport = self.secrets.get(number, Verifiers()).passport
        self.secrets[number] = dataclasses.replace(verifiers, passport=passport)
        self.codewords.append(number)
        self.change(number)
        if self.attempts is not None:
            self.attempts.forget_all(number)
        return True

    def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        stored = self.secrets.get(number, Verifiers())
        latin, cyrillic = renewed.keys_latin, renewed.keys_cyrillic
        if (stored.keys_latin, stored.keys_cyrillic) == (known.keys_latin, known.keys_cyrillic):
            self.secrets[number] = dataclasses.replace(
                stored, keys_latin=latin, keys_cyrillic=cyrillic
            )

    def clear_codeword(self, actor: Actor, key: OperationKey, number: Msisdn) -> bool:
        if ("clear", key) in self.keys:
            return self._is_done("clear", key, number)
        known = self.secrets.get(number)
        if known is None or known.codeword is None:
            return False
        self.secrets[number] = Verifiers(passport=known.passport)
        self.change(number)
        return self._is_done("clear", key, number) or True

    def proof(self, number: Msisdn) -> Proof | None:
        row = self.rows.get(number)
        if row is None or row.status is Status.TERMINATED:
            return None
        return self.proofs.get(number, Proof(0))

    def change(self, number: Msisdn, call: str = "") -> None:
        """End the proofs of a number: something changed, perhaps by an order."""
        self.proofs[number] = Proof(self.proofs.get(number, Proof(0)).version + 1, call)

    def puk(self, number: Msisdn) -> Secret | None:
        return self.puks.get(number)

    def _is_done(self, what: str, key: OperationKey, number: Msisdn) -> bool:
        """Whether it was done before; notes that it is done now."""
        is_done = (what, key) in self.keys
        if self.keys.setdefault((what, key), number) != number:
            raise KeyTaken
        return is_done

    def puks_told(self, number: Msisdn, actor: Actor) -> int:
        return sum(told == number and whom == str(actor) for told, whom, _ in self.told)

    def note_puk(
        self, actor: Actor, number: Msisdn, at: datetime, since: datetime, most: int
    ) -> bool:
        row = self.rows.get(number)
        since = max(since, row.owner_since) if row and row.owner_since else since
        if sum(told == number and when > since for told, _, when in self.told) >= most:
            return False
        self.told.append((number, str(actor), at))
        return True


@dataclass
class MemoryJournal(Journal):
    """Calls by id, and their queue events."""

    calls: dict[str, Call] = field(default_factory=dict)
    outcomes: dict[str, CallOutcome] = field(default_factory=dict)
    agents: dict[str, dict[str, str]] = field(default_factory=dict)

    def begin(self, call: Call) -> None:
        self.calls[call.id] = call
        self.outcomes.pop(call.id, None)

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
        self.calls[call.id] = call
        self.outcomes[call.id] = outcome

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        self.agents.setdefault(call, {}).setdefault(event, agent)


@dataclass
class MemoryPayments(Payments):
    """Payments in the order of their import."""

    rows: list[KnownPayment] = field(default_factory=list)
    keys: dict[OperationKey, int] = field(default_factory=dict)
    """How many were new under which key."""

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        mine = [(each.row.at, each.row.amount) for each in self.rows if each.row.number == number]
        return sorted(mine, key=lambda each: each[0], reverse=True)[:most]

    def add(
        self,
        actor: Actor,
        key: OperationKey,
        payments: Sequence[tuple[Msisdn, datetime, Money] | PaymentRow],
    ) -> int:
        return self.add_files(actor, key, [[PaymentRow(*each) for each in payments]])

    def _add(self, payments: Sequence[PaymentRow]) -> int:
        found = news(self.rows, payments)
        if found.odd:
            raise Unusable(said_of_odd(found.odd))
        named = {(each.row.equal, each.ordinal): each for each in found.named}
        self.rows = [named.get((each.row.equal, each.ordinal), each) for each in self.rows]
        self.rows.extend(found.fresh)
        return len(found.fresh)

    def add_files(
        self, actor: Actor, key: OperationKey, files: Sequence[Sequence[PaymentRow]]
    ) -> int:
        before = list(self.rows)
        try:
            if key not in self.keys:
                self.keys[key] = sum(map(self._add, files))
            return self.keys[key]
        except Unusable:
            self.rows = before
            raise


@dataclass
class MemoryAnnouncements(Announcements):
    """Announcements in the order in which they were set."""

    kept: list[Announcement] = field(default_factory=list)
    keys: set[OperationKey] = field(default_factory=set)

    def newest(self) -> Announcement | None:
        return self.kept[-1] if self.kept else None

    def set(
        self, actor: Actor, key: OperationKey, announcement: Announcement, at: datetime
    ) -> None:
        if key not in self.keys:
            self.keys.add(key)
            self.kept.append(dataclasses.replace(announcement, author=str(actor)))


@dataclass
class MemoryRequests(RequestRepository):
    """Requests to the back office, in the order of their numbers."""

    kept: list[Request] = field(default_factory=list)
    claims: dict[int, datetime] = field(default_factory=dict)
    """End of a worker's claim on a request, by its number."""
    _newest: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def write(self, request: Request, bound: Bound, in_call: int) -> Request | NoRequest:
        with self._lock:
            if known := self.find(request.reference):
                if not known.is_same(request):
                    raise KeyTaken
                return known
            if no := self.room(request.actor, request.party, bound, in_call):
                return no
            self._newest += 1
            self.kept.append(dataclasses.replace(request, number=self._newest))
            return self.kept[-1]

    def room(
        self, actor: Actor, party: Msisdn | None, bound: Bound, in_call: int
    ) -> NoRequest | None:
        call = actor.call
        with self._lock:
            if call and sum(each.actor.call == call for each in self.kept) >= in_call:
                return NoRequest.IN_CALL
            mine = [each for each in self.kept if each.party == party and each.at > bound.since]
            most = bound.withheld if party is None else bound.most
            return NoRequest.MANY if len(mine) >= most else None

    def forget(self, before: datetime) -> int:
        with self._lock:
            old = [each for each in self.kept if each.ticket is not None and each.at < before]
            self.kept = [each for each in self.kept if each not in old]
            return len(old)

    def find(self, reference: str) -> Request | None:
        return next((each for each in self.kept if each.reference == reference), None)

    def unsent(self, before: datetime, most: int) -> Sequence[Request]:
        waiting = (each for each in self.kept if each.ticket is None)
        return [each for each in waiting if (each.tried or each.at) <= before][:most]

    def sent(self, number: int, ticket: str) -> None:
        if self._get(number).ticket is None:
            self._change(number, ticket=ticket)

    def tried(self, number: int, at: datetime) -> None:
        self._change(number, tries=self._get(number).tries + 1, tried=at)
        self.claims.pop(number, None)

    def claim(self, request: Request, at: datetime, until: datetime) -> bool:
        with self._lock:
            known, claimed = self._get(request.number), self.claims.get(request.number)
            if known.ticket or known.tried != request.tried or (claimed and claimed > at):
                return False
            self.claims[request.number] = until
            return True

    def newest(self, most: int) -> Sequence[Request]:
        return self.kept[::-1][:most]

    def _get(self, number: int) -> Request:
        return next(each for each in self.kept if each.number == number)

    def _change(self, number: int, **changes: Any) -> None:
        known = self._get(number)
        self.kept[self.kept.index(known)] = dataclasses.replace(known, **changes)


@dataclass
class MemoryCallers(Callers):
    """Languages by calling number."""

    languages: dict[Msisdn, Language] = field(default_factory=dict)

    def language(self, caller: Msisdn) -> Language | None:
        return self.languages.get(caller)

    def remember(self, caller: Msisdn, language: Language) -> None:
        self.languages[caller] = language


@dataclass
class _Callback:
    call: str
    asked: Asked
    at: datetime
    is_open: bool = True
    taken: datetime | None = None
    taken_by: str = ""
    tries: int = 0
    result: CallbackResult | None = None
    next_at: datetime | None = None


@dataclass
class MemoryCallbacks(CallbackRepository):
    """Requested call-backs, with the calls that requested them. Their ids count from 1."""

    rows: list[_Callback] = field(default_factory=list)
    keys: set[tuple[str, OperationKey]] = field(default_factory=set)
    """The acts that were done, with their operation keys."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def left(self) -> list[Asked]:
        """Return the requested call-backs, oldest first."""
        return [row.asked for row in self.rows]

    def write(
        self, actor: Actor, key: OperationKey, asked: Asked, at: datetime, bound: Bound
    ) -> Left:
        call = actor.call or key
        with self._lock:
            same = [row for row in self.rows if row.asked.number == asked.number]
            for row in same:
                if row.call == call:
                    if row.asked.party not in (asked.subscriber, asked.caller):
                        raise KeyTaken
                    return Left.DONE
            if any(row.is_open for row in same):
                return Left.ALREADY
            recent = [row for row in self.rows if row.at > bound.since]
            most = bound.most if asked.party else bound.withheld
            if sum(row.call == call for row in recent) >= bound.most:
                return Left.MANY
            if sum(row.asked.party == asked.party for row in recent) >= most:
                return Left.MANY
            self.rows.append(_Callback(call, asked, at))
            return Left.DONE

    def take(self, actor: Actor, key: OperationKey, id: int, at: datetime) -> bool:
        with self._lock:
            row = self._open(id)
            if ("take", key) in self.keys:
                return True
            if row is None or (row.taken and at < row.taken + timedelta(hours=1)):
                return False
            row.taken, row.taken_by = at, str(actor)
            self.keys.add(("take", key))
            return True

    def done(self, actor: Actor, key: OperationKey, id: int, at: datetime) -> bool:
        with self._lock:
            row = self._open(id)
            if ("done", key) in self.keys:
                return True
            if row is None:
                return False
            row.is_open = False
            self.keys.add(("done", key))
            return True

    def tried(
        self,
        actor: Actor,
        key: OperationKey,
        id: int,
        result: CallbackResult,
        at: datetime,
        next_at: datetime | None,
    ) -> bool:
        with self._lock:
            row = self._open(id)
            if ("tried", key) in self.keys:
                return True
            if row is None or row.taken is None or row.taken_by != str(actor):
                return False
            row.taken, row.is_open = None, not result.is_final
            row.tries, row.result, row.next_at = row.tries + 1, result, next_at
            self.keys.add(("tried", key))
            return True

    def _open(self, id: int) -> _Callback | None:
        found = self.rows[id - 1] if 0 < id <= len(self.rows) else None
        return found if found and found.is_open else None


@dataclass
class MemoryReleases(Releases):
    """Releases in the order of their numbers."""

    kept: list[StoredRelease] = field(default_factory=list)
    pointer: int | None = None

    def publish(self, actor: Actor, document: str, at: datetime) -> int:
        self.kept.append(StoredRelease(len(self.kept) + 1, str(actor), at, document))
        self.pointer = len(self.kept)
        return self.pointer

    def live(self) -> int | None:
        return self.pointer

    def get(self, number: int) -> StoredRelease | None:
        return self.kept[number - 1] if 0 < number <= len(self.kept) else None

    def newest(self, most: int) -> Sequence[StoredRelease]:
        return self.kept[::-1][:most]

    def point(self, actor: Actor, number: int, at: datetime) -> bool:
        if self.get(number) is None:
            return False
        self.pointer = number
        return True

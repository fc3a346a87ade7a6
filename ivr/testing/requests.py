"""Requests to the back office in memory."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivr.domain.actor import Actor
from ivr.domain.callbacks import Bound
from ivr.domain.requests import NoRequest, Request
from ivr.domain.values import Msisdn
from ivr.errors import KeyTaken
from ivr.ports.requests import RequestRepository


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

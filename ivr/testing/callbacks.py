"""Call-backs in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Asked, Bound, CallbackResult, Left
from ivr.errors import KeyTaken
from ivr.ports.callbacks import CallbackRepository


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

    def take(self, actor: Actor, key: OperationKey, id: int, at: datetime, since: datetime) -> bool:
        with self._lock:
            row = self._open(id)
            if ("take", key) in self.keys:
                return True
            if row is None or (row.taken and row.taken > since):
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

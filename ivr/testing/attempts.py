"""Identification attempts and one-time codes, in memory."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.care.attempts import BUCKET, IN_ROW, MINUTE, SPREAD_KEPT
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.identification import (
    Attempt,
    AttemptCounts,
    AttemptResult,
    CallerKind,
    Code,
    CodeHolder,
    OpenedAttempt,
)
from ivr.domain.values import Msisdn
from ivr.errors import KeyTaken
from ivr.ports.attempts import Allows, Attempts, CodeRepository, always

DAY = timedelta(days=1)


@dataclass
class _Try:
    id: int
    attempt: Attempt
    kind: CallerKind
    at: datetime
    result: AttemptResult = AttemptResult.OPEN
    forgotten: bool = False

    @property
    def has_failed(self) -> bool:
        return self.result is not AttemptResult.MATCH

    def stands_against(self, number: Msisdn, *, is_own: bool) -> bool:
        """Tell whether it counts against a number, for calls from that number or from others."""
        is_alike = self.kind.is_own == is_own and self.attempt.number == number
        return self.has_failed and is_alike and not self.forgotten


@dataclass
class MemoryAttempts(Attempts):
    """Identification attempts, in the order in which they were made."""

    tries: list[_Try] = field(default_factory=list)
    keys: dict[OperationKey, Msisdn] = field(default_factory=dict)
    """Which number was unlocked under which key."""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _last: int = 0

    def open(
        self, attempt: Attempt, kind: CallerKind, at: datetime, allows: Allows = always
    ) -> OpenedAttempt:
        with self._lock:
            earlier = self.counts(attempt, kind, at)
            if not allows(earlier):
                return OpenedAttempt(0, earlier)
            self._last += 1
            self.tries.append(_Try(self._last, attempt, kind, at))
            return OpenedAttempt(self._last, earlier)

    def settle(self, id: int, result: AttemptResult) -> None:
        with self._lock:
            settled = next(each for each in self.tries if each.id == id)
            if settled.result is not AttemptResult.OPEN:
                return
            settled.result = result
            if result is AttemptResult.MATCH:
                self._forget(settled.attempt.number, settled.kind, before=id)

    def counts(self, attempt: Attempt, kind: CallerKind, at: datetime) -> AttemptCounts:
        with self._lock:
            failed = [each for each in self.tries if each.has_failed]
        number, origin = attempt.number, attempt.origin
        times = [each.at for each in failed if each.stands_against(number, is_own=kind.is_own)]
        counts = AttemptCounts(
            in_call=sum(each.attempt.call == attempt.call for each in failed),
            failures=tuple(times),
        )
        if kind.is_own:
            return counts
        strangers = [each for each in failed if not each.kind.is_own and each.at > at - BUCKET]
        of_trunk = [each for each in strangers if each.attempt.origin.trunk == origin.trunk]
        return dataclasses.replace(
            counts,
            by_caller=tuple(
                (each.at, each.attempt.number)
                for each in failed
                if origin.key
                and each.attempt.origin.key == origin.key
                and each.at >= at - SPREAD_KEPT
            ),
            unknown=sum(each.kind is CallerKind.UNKNOWN for each in of_trunk),
            strangers=len(of_trunk),
            line=sum(each.at > at - MINUTE for each in strangers),
        )

    def failures_by(self, user: str, since: datetime) -> int:
        with self._lock:
            mine = [each for each in self.tries if each.attempt.by == user and each.at >= since]
            return sum(each.has_failed for each in mine)

    def forget(self, actor: Actor, number: Msisdn, kind: CallerKind, at: datetime) -> bool:
        with self._lock:
            return self._forget(number, kind)

    def unlock(self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime) -> bool:
        with self._lock:
            if key in self.keys:
                if self.keys[key] != number:
                    raise KeyTaken
                return True
            if had_failures := self.forget_all(number):
                self.keys[key] = number
            return had_failures

    def forget_all(self, number: Msisdn) -> bool:
        """Forget all failures of a number; return False if there were none."""
        with self._lock:
            by_own = self._forget(number, CallerKind.OWN)
            return self._forget(number, CallerKind.UNKNOWN) or by_own

    def prune(self, before: datetime, failures_before: datetime) -> int:
        with self._lock:
            kept = [
                each
                for each in self.tries
                if each.id == self._last or not self._is_useless(each, before, failures_before)
            ]
            pruned = len(self.tries) - len(kept)
            self.tries[:] = kept
            return pruned

    def _forget(self, number: Msisdn, kind: CallerKind, before: int | None = None) -> bool:
        found = [
            each
            for each in self.tries
            if each.stands_against(number, is_own=kind.is_own)
            and (before is None or each.id < before)
        ]
        for each in found:
            each.forgotten = True
        return bool(found)

    def _is_useless(self, one: _Try, before: datetime, failures_before: datetime) -> bool:
        if one.at >= before:
            return False
        if one.forgotten or not one.has_failed:
            return True
        number, is_own = one.attempt.number, one.kind.is_own
        in_row = sum(each.stands_against(number, is_own=is_own) for each in self.tries)
        return one.at < failures_before and in_row < IN_ROW


@dataclass
class _Code:
    id: int
    holder: CodeHolder
    verifier: str
    at: datetime
    until: datetime
    tries: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """Number of tries, by whether they come from the phone that asked."""
    used: bool = False


@dataclass
class MemoryCodes(CodeRepository):
    """One-time codes, in the order of creation."""

    kept: list[_Code] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(
        self,
        holder: CodeHolder,
        verifier: str,
        at: datetime,
        until: datetime,
        most: int,
        most_of_number: int,
    ) -> int | None:
        kind = dataclasses.replace(holder, phone="")
        with self._lock:
            mine = [each for each in self.kept if each.holder == holder]
            of_kind = [
                each for each in self.kept if dataclasses.replace(each.holder, phone="") == kind
            ]
            for whose, bound in ((mine, most), (of_kind, most_of_number)):
                if sum(each.at > at - DAY for each in whose) >= bound:
                    return None
            for each in mine:
                each.until = min(each.until, at)
            id = self.kept[-1].id + 1 if self.kept else 1
            self.kept.append(_Code(id, holder, verifier, at, until))
            return id

    def attempt(self, holder: CodeHolder, at: datetime, most: int) -> Sequence[Code]:
        kind = dataclasses.replace(holder, phone="")
        found = []
        with self._lock:
            for each in self.kept:
                of_kind = dataclasses.replace(each.holder, phone="") == kind
                is_same = each.holder.phone == holder.phone
                is_good = of_kind and not each.used and each.until > at
                if is_good and each.tries[is_same] < most:
                    each.tries[is_same] += 1
                    found.append(Code(each.id, each.verifier))
        return found

    def use(self, id: int, at: datetime) -> bool:
        with self._lock:
            code = next(each for each in self.kept if each.id == id)
            was_used, code.used = code.used, True
            return not was_used

    def prune(self, before: datetime) -> int:
        with self._lock:
            kept = [each for each in self.kept[:-1] if each.until >= before] + self.kept[-1:]
            pruned = len(self.kept) - len(kept)
            self.kept[:] = kept
            return pruned

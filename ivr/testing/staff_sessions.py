"""Sessions, one-time tokens, tries to log in and known devices, in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.staff import (
    LoginTry,
    OneTimeToken,
    Purpose,
    StaffSession,
    TryCounts,
)
from ivr.domain.values import Secret
from ivr.ports.staff import (
    DelayOf,
    Devices,
    LoginTries,
    OneTimeTokens,
    Sessions,
)
from ivr.testing.staff_state import StaffState

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class MemorySessions(Sessions):
    staff: StaffState

    def open(
        self,
        user: int,
        digest: str,
        at: datetime,
        step_up_at: datetime | None,
        address: str,
        browser: str,
    ) -> StaffSession:
        with self.staff.lock:
            state = self.staff.state
            state.newest += 1
            row = state.rows[user]
            row.seen = at
            session = StaffSession(state.newest, row.user, at, at, step_up_at, address, browser)
            state.sessions[digest] = session
            return session

    def find(self, digest: str) -> StaffSession | None:
        found = self.staff.state.sessions.get(digest)
        return self._now(found) if found else None

    def of(self, user: int) -> Sequence[StaffSession]:
        mine = [each for each in self.staff.state.sessions.values() if each.user.id == user]
        return [self._now(each) for each in sorted(mine, key=lambda each: -each.id)]

    def touch(self, id: int, at: datetime) -> None:
        for digest, session in self.staff.state.sessions.items():
            if session.id == id:
                self.staff.state.sessions[digest] = dataclasses.replace(session, seen_at=at)
                self.staff.state.rows[session.user.id].seen = at

    def rotate(self, id: int, digest: str, step_up_at: datetime | None) -> bool:
        with self.staff.lock:
            session = self.end(id)
            if session is None:
                return False
            at = step_up_at or session.step_up_at
            self.staff.state.sessions[digest] = dataclasses.replace(session, step_up_at=at)
            return True

    def end(self, id: int) -> StaffSession | None:
        with self.staff.lock:
            for digest, session in self.staff.state.sessions.items():
                if session.id == id:
                    del self.staff.state.sessions[digest]
                    return self._now(session)
            return None

    def _now(self, session: StaffSession) -> StaffSession:
        user = self.staff.state.rows[session.user.id].user
        return dataclasses.replace(session, user=user)


@dataclass(frozen=True)
class MemoryTokens(OneTimeTokens):
    staff: StaffState

    def write(self, token: OneTimeToken) -> None:
        with self.staff.lock:
            tokens = self.staff.state.tokens
            same = (token.user, token.purpose, token.source)
            former = [
                digest
                for digest, each in tokens.items()
                if (each.user, each.purpose, each.source) == same
            ]
            for digest in former:
                del tokens[digest]
            tokens[token.digest] = token
            self.staff.state.counted[token.digest] = 0

    def find(self, digest: str, purpose: Purpose, at: datetime) -> OneTimeToken | None:
        found = self.staff.state.tokens.get(digest)
        return found if found and found.purpose is purpose and found.until > at else None

    def keep(self, digest: str, secret: Secret) -> bool:
        with self.staff.lock:
            found = self.staff.state.tokens.get(digest)
            if found is None or found.secret is not None:
                return False
            self.staff.state.tokens[digest] = dataclasses.replace(found, secret=secret)
            return True

    def count(self, digest: str, most: int) -> bool:
        with self.staff.lock:
            counted = self.staff.state.counted
            if digest not in self.staff.state.tokens or counted[digest] >= most:
                return False
            counted[digest] += 1
            return True

    def use(self, digest: str) -> bool:
        with self.staff.lock:
            return self.staff.state.tokens.pop(digest, None) is not None

    def end(self, user: int) -> None:
        with self.staff.lock:
            tokens = self.staff.state.tokens
            kept = {digest: each for digest, each in tokens.items() if each.user != user}
            self.staff.state.tokens = kept

    def prune(self, at: datetime) -> None:
        with self.staff.lock:
            tokens = self.staff.state.tokens
            kept = {digest: each for digest, each in tokens.items() if each.until > at}
            self.staff.state.tokens = kept


@dataclass(frozen=True)
class MemoryLoginTries(LoginTries):
    staff: StaffState

    def open(self, tried: LoginTry, at: datetime, delay: DelayOf) -> tuple[timedelta, int]:
        with self.staff.lock:
            tries = self.staff.state.tries
            key = (tried.who, tried.source)
            pair = [
                when for each, when in tries if (each.who, each.source) == key and when > at - DAY
            ]
            group = [when for each, when in tries if each.group == tried.group and when > at - HOUR]
            counts = TryCounts(
                len(pair), max(pair, default=None), len(group), max(group, default=None)
            )
            rest = delay(counts)
            if rest > timedelta(0):
                return rest, counts.pair
            tries.append((tried, at))
            return timedelta(0), counts.pair + 1

    def clear(self, who: str, source: str) -> None:
        with self.staff.lock:
            kept = [
                (each, when)
                for each, when in self.staff.state.tries
                if (each.who, each.source) != (who, source)
            ]
            self.staff.state.tries = kept


@dataclass(frozen=True)
class MemoryDevices(Devices):
    staff: StaffState

    def is_known(self, user: int, digest: str) -> bool:
        return (user, digest) in self.staff.state.devices

    def remember(self, user: int, digest: str, at: datetime) -> None:
        with self.staff.lock:
            devices = self.staff.state.devices
            devices[user, digest] = at
            mine = sorted((each for each in devices if each[0] == user), key=lambda of: devices[of])
            for each in mine[:-10]:
                del devices[each]

    def forget(self, user: int) -> None:
        with self.staff.lock:
            devices = self.staff.state.devices
            self.staff.state.devices = {key: at for key, at in devices.items() if key[0] != user}

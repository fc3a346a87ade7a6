"""Users, their ways in and their sessions, in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.domain.rights import Role
from ivr.domain.staff import (
    Factors,
    Identity,
    Passkey,
    Profile,
    Purpose,
    User,
    UserOverview,
)
from ivr.domain.values import Secret
from ivr.ports.staff import (
    IdentityProvider,
    Passkeys,
    Passwords,
    SecondFactors,
    StaffRepositories,
    Users,
)
from ivr.testing.audit import MemoryAuditBook as MemoryAuditBook
from ivr.testing.audit import MemoryAuditWriter
from ivr.testing.staff_sessions import MemoryDevices, MemoryLoginTries, MemorySessions, MemoryTokens
from ivr.testing.staff_state import Row, StaffState


@dataclass(frozen=True)
class MemoryUsers(Users):
    staff: StaffState

    def find(self, name: str) -> User | None:
        rows = self.staff.state.rows.values()
        return next((row.user for row in rows if row.user.name == name), None)

    def get(self, id: int) -> User | None:
        row = self.staff.state.rows.get(id)
        return row.user if row else None

    def hold(self, id: int) -> User | None:
        return self.get(id)

    def list(self, at: datetime) -> Sequence[UserOverview]:
        rows = sorted(self.staff.state.rows.values(), key=lambda row: row.user.name)
        return [self._overview(row, at) for row in rows]

    def add(self, name: str, profile: Profile, at: datetime) -> User | None:
        with self.staff.lock:
            if self.find(name) is not None:
                return None
            id = len(self.staff.state.rows) + 1
            kept = {each.name: getattr(profile, each.name) for each in dataclasses.fields(profile)}
            self.staff.state.rows[id] = Row(User(id, name, **kept))
            return self.staff.state.rows[id].user

    def write(self, user: User) -> None:
        self.staff.state.rows[user.id].user = user

    def has_other(self, role: Role, id: int) -> bool:
        return any(
            role in row.user.roles and row.password and row.user.suspended_at is None
            for other, row in self.staff.state.rows.items()
            if other != id
        )

    def _overview(self, row: Row, at: datetime) -> UserOverview:
        state, id = self.staff.state, row.user.id
        sessions = sum(each.user.id == id for each in state.sessions.values())
        until = [
            each.until
            for each in state.tokens.values()
            if each.user == id and each.purpose is Purpose.JOIN and each.until > at
        ]
        factors = MemorySecondFactors(self.staff).of(id)
        has_joined = row.password is not None
        return UserOverview(
            row.user, row.seen, sessions, has_joined, factors, max(until, default=None)
        )


@dataclass(frozen=True)
class MemoryPasswords(Passwords):
    staff: StaffState

    def get(self, user: int) -> str | None:
        row = self.staff.state.rows.get(user)
        return row.password if row else None

    def set(self, user: int, verifier: str | None) -> None:
        self.staff.state.rows[user].password = verifier


@dataclass(frozen=True)
class MemorySecondFactors(SecondFactors):
    staff: StaffState

    def of(self, user: int) -> Factors:
        row = self.staff.state.rows.get(user)
        if row is None:
            return Factors()
        passkeys = sum(each.user == user for each in self.staff.state.passkeys)
        return Factors(row.totp is not None, passkeys, len(row.codes))

    def totp(self, user: int) -> Secret | None:
        row = self.staff.state.rows.get(user)
        return row.totp if row else None

    def set_totp(self, user: int, secret: Secret | None, step: int = 0) -> None:
        row = self.staff.state.rows[user]
        row.totp, row.step = secret, step

    def use_step(self, user: int, step: int) -> bool:
        with self.staff.lock:
            row = self.staff.state.rows[user]
            if row.totp is None or row.step >= step:
                return False
            row.step = step
            return True

    def set_codes(self, user: int, digests: Sequence[str]) -> None:
        self.staff.state.rows[user].codes = set(digests)

    def use_code(self, user: int, digest: str) -> bool:
        with self.staff.lock:
            codes = self.staff.state.rows[user].codes
            is_good = digest in codes
            codes.discard(digest)
            return is_good


@dataclass(frozen=True)
class MemoryPasskeys(Passkeys):
    staff: StaffState

    def of(self, user: int) -> Sequence[Passkey]:
        return [each for each in self.staff.state.passkeys if each.user == user]

    def find(self, credential: bytes) -> Passkey | None:
        kept = self.staff.state.passkeys
        return next((each for each in kept if each.credential == credential), None)

    def add(self, passkey: Passkey) -> bool:
        with self.staff.lock:
            if self.find(passkey.credential):
                return False
            state = self.staff.state
            state.newest += 1
            state.passkeys.append(dataclasses.replace(passkey, id=state.newest, used_at=None))
            return True

    def use(self, id: int, count: int, at: datetime) -> bool:
        with self.staff.lock:
            kept = self.staff.state.passkeys
            for index, each in enumerate(kept):
                if each.id == id and (each.count < count or each.count == count == 0):
                    kept[index] = dataclasses.replace(each, count=count, used_at=at)
                    return True
            return False

    def remove(self, user: int, id: int | None = None) -> int:
        with self.staff.lock:
            kept = self.staff.state.passkeys
            gone = [each for each in kept if each.user == user and id in (None, each.id)]
            self.staff.state.passkeys = [each for each in kept if each not in gone]
            return len(gone)


class MemoryStaff(StaffState):
    """All repositories of users, in memory."""

    def repositories(self) -> StaffRepositories:
        return StaffRepositories(
            users=MemoryUsers(self),
            passwords=MemoryPasswords(self),
            factors=MemorySecondFactors(self),
            passkeys=MemoryPasskeys(self),
            sessions=MemorySessions(self),
            tokens=MemoryTokens(self),
            tries=MemoryLoginTries(self),
            devices=MemoryDevices(self),
            audit=MemoryAuditWriter(self),
            transaction=self.transaction,
        )


@dataclass
class MemoryIdentityProvider(IdentityProvider):
    """A provider at which everybody has logged in as ``identity``."""

    identity: Identity | None = None
    asked: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """What belongs to the code ``code-<state>``: redirect, nonce, verifier."""

    def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        self.asked[f"code-{state}"] = (redirect, nonce, verifier)
        return f"https://login.example/authorize?state={state}"

    def identify(self, code: str, redirect: str, nonce: str, verifier: str) -> Identity | None:
        known = self.asked.pop(code, None)
        return self.identity if known == (redirect, nonce, verifier) else None

"""Users, their ways in and their sessions, in memory."""

from __future__ import annotations

import copy
import dataclasses
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import (
    AuditEntry,
    DataRead,
    Link,
    Proof,
    Tag,
    entry_of,
    hash_of,
    prove,
    write_facts,
)
from ivr.domain.paging import Page
from ivr.domain.rights import Role
from ivr.domain.staff import (
    Factors,
    Identity,
    LoginTry,
    OneTimeToken,
    Passkey,
    Profile,
    Purpose,
    StaffSession,
    TryCounts,
    User,
    UserOverview,
)
from ivr.domain.values import Msisdn, Secret
from ivr.errors import KeyTaken
from ivr.ports.audit import AuditBook, Readings
from ivr.ports.staff import (
    AuditWriter,
    DelayOf,
    Devices,
    IdentityProvider,
    LoginTries,
    OneTimeTokens,
    Passkeys,
    Passwords,
    SecondFactors,
    Sessions,
    StaffRepositories,
    Users,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class _Row:
    user: User
    seen: datetime | None = None
    password: str | None = None
    totp: Secret | None = None
    step: int = 0
    codes: set[str] = field(default_factory=set)


@dataclass
class _State:
    """Everything, so that a transaction can take it back."""

    rows: dict[int, _Row] = field(default_factory=dict)
    passkeys: list[Passkey] = field(default_factory=list)
    sessions: dict[str, StaffSession] = field(default_factory=dict)
    """By the hashes of their tokens."""
    tokens: dict[str, OneTimeToken] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    """Tries of tokens."""
    tries: list[tuple[LoginTry, datetime]] = field(default_factory=list)
    devices: dict[tuple[int, str], datetime] = field(default_factory=dict)
    entries: list[AuditEntry] = field(default_factory=list)
    newest: int = 0
    """The newest id of a session or passkey."""


class MemoryStaff:
    """The state, and one transaction at a time over it."""

    def __init__(self) -> None:
        self.state = _State()
        self.lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock:
            before = copy.deepcopy(self.state)
            try:
                yield
            except BaseException:
                self.state = before
                raise

    @property
    def entries(self) -> Sequence[AuditEntry]:
        """The audit, oldest first."""
        return self.state.entries

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


@dataclass(frozen=True)
class MemoryUsers(Users):
    staff: MemoryStaff

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
            self.staff.state.rows[id] = _Row(User(id, name, **kept))
            return self.staff.state.rows[id].user

    def write(self, user: User) -> None:
        self.staff.state.rows[user.id].user = user

    def has_other(self, role: Role, id: int) -> bool:
        return any(
            role in row.user.roles and row.password and row.user.suspended_at is None
            for other, row in self.staff.state.rows.items()
            if other != id
        )

    def _overview(self, row: _Row, at: datetime) -> UserOverview:
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
    staff: MemoryStaff

    def get(self, user: int) -> str | None:
        row = self.staff.state.rows.get(user)
        return row.password if row else None

    def set(self, user: int, verifier: str | None) -> None:
        self.staff.state.rows[user].password = verifier


@dataclass(frozen=True)
class MemorySecondFactors(SecondFactors):
    staff: MemoryStaff

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
    staff: MemoryStaff

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


@dataclass(frozen=True)
class MemorySessions(Sessions):
    staff: MemoryStaff

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
    staff: MemoryStaff

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
    staff: MemoryStaff

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
    staff: MemoryStaff

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


@dataclass(frozen=True)
class MemoryAuditWriter(AuditWriter):
    staff: MemoryStaff

    def is_done(self, key: OperationKey, tag: Tag, user: str) -> bool:
        for each in self.staff.entries:
            if each.key == key and each.action == tag:
                if (each.after or {}).get("user") != user:
                    raise KeyTaken
                return True
        return False

    def write(self, entry: AuditEntry) -> None:
        self.staff.state.entries.append(entry)


@dataclass(frozen=True)
class MemoryAuditBook(AuditBook, Readings):
    """The audit as auditors read it. Its rows have the chain of the databases."""

    staff: MemoryStaff

    def list(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        actor: str | None = None,
        action: str | None = None,
        number: Msisdn | None = None,
    ) -> Page[AuditEntry]:
        begin = int(after or 0)
        found = [
            each
            for each in reversed(self.staff.entries)
            if (since is None or each.at >= since)
            and actor in (None, each.author)
            and action in (None, each.action)
            and number in (None, each.number)
        ]
        end = begin + most
        return Page(found[begin:end], str(end) if len(found) > end else None)

    def check(self, noted: str | None = None) -> Proof:
        return prove(self.links(0, len(self.staff.entries)), noted)

    def links(self, after: int, most: int) -> Sequence[Link]:
        made, last = [], ""
        for place, entry in enumerate(self.staff.entries, 1):
            row = Link(
                place,
                entry.at,
                entry.author,
                str(entry.action),
                entry.number,
                entry.channel,
                entry.key,
                write_facts(entry.before),
                write_facts(entry.after),
                entry.host,
                place,
                None,
            )
            last = hash_of(row, place, last)
            made.append(dataclasses.replace(row, hash=last))
        return made[after:][:most]

    def note_read(self, actor: Actor, key: OperationKey, read: DataRead, at: datetime) -> None:
        after = {"what": read.what.value} | ({"item": read.item} if read.item else {})
        for each in self.staff.entries:
            if (each.key, each.action) == (key, Tag.DATA_READ):
                if read.subject is not None and each.number != read.subject:
                    raise KeyTaken
                return
        entry = entry_of(actor, key, at, Tag.DATA_READ, read.subject, after=after)
        self.staff.state.entries.append(entry)


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

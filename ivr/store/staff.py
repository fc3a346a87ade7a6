"""Repositories of users and their ways in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from ivr.domain.actor import OperationKey
from ivr.domain.audit import AuditEntry, Tag
from ivr.domain.rights import Role
from ivr.domain.staff import (
    Factors,
    Limits,
    Passkey,
    Profile,
    Purpose,
    User,
    UserOverview,
)
from ivr.domain.values import Language, Secret
from ivr.ports.staff import AuditWriter, Passkeys, Passwords, SecondFactors, Users
from ivr.store.audit import done_before, write_entry
from ivr.store.bounds import one_at_a_time
from ivr.store.database import Database
from ivr.store.encryption import StaffCipher
from ivr.store.staff_tables import (
    staff_passkeys,
    staff_recovery_codes,
    staff_sessions,
    staff_tokens,
    staff_users,
)
from ivr.store.upsert import insert_or_ignore, is_taken

_SESSIONS = (
    select(func.count())
    .where(staff_sessions.c.user_id == staff_users.c.id)
    .scalar_subquery()
    .label("sessions")
)
_PASSKEYS = (
    select(func.count())
    .where(staff_passkeys.c.user_id == staff_users.c.id)
    .scalar_subquery()
    .label("passkeys")
)
_CODES = (
    select(func.count())
    .where(staff_recovery_codes.c.user_id == staff_users.c.id)
    .scalar_subquery()
    .label("codes")
)
_INVITED = (
    select(func.max(staff_tokens.c.until))
    .where(staff_tokens.c.user_id == staff_users.c.id, staff_tokens.c.purpose == Purpose.JOIN.value)
    .scalar_subquery()
    .label("invited")
)
_KNOWN_ROLES = {role.value for role in Role}


@dataclass(frozen=True)
class StoredUsers(Users):
    database: Database

    def find(self, name: str) -> User | None:
        with self.database.reading() as connection:
            row = connection.execute(select(staff_users).where(staff_users.c.name == name)).first()
            return user_of(row) if row else None

    def get(self, id: int) -> User | None:
        with self.database.reading() as connection:
            row = connection.execute(select(staff_users).where(staff_users.c.id == id)).first()
            return user_of(row) if row else None

    def hold(self, id: int) -> User | None:
        with self.database.writing() as connection:
            one_at_a_time(connection, staff_users)
            row = connection.execute(select(staff_users).where(staff_users.c.id == id)).first()
            return user_of(row) if row else None

    def list(self, at: datetime) -> Sequence[UserOverview]:
        query = select(staff_users, _SESSIONS, _PASSKEYS, _CODES, _INVITED)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(staff_users.c.name)).all()
        return [_overview(row, at) for row in rows]

    def add(self, name: str, profile: Profile, at: datetime) -> User | None:
        row = {"name": name, "created": at, **_row_of(profile)}
        with self.database.writing() as connection:
            if not insert_or_ignore(connection, staff_users, row, staff_users.c.name):
                return None
            mine = select(staff_users).where(staff_users.c.name == name)
            return user_of(connection.execute(mine).one())

    def write(self, user: User) -> None:
        row = {"suspended": user.suspended_at, **_row_of(user.profile)}
        with self.database.writing() as connection:
            mine = update(staff_users).where(staff_users.c.id == user.id)
            connection.execute(mine.values(**row))

    def has_other(self, role: Role, id: int) -> bool:
        others = select(staff_users).where(
            staff_users.c.id != id,
            staff_users.c.suspended.is_(None),
            staff_users.c.password.is_not(None),
        )
        with self.database.reading() as connection:
            rows = connection.execute(others).all()
            return any(role in user_of(row).roles for row in rows)


@dataclass(frozen=True)
class StoredPasswords(Passwords):
    database: Database

    def get(self, user: int) -> str | None:
        mine = select(staff_users.c.password).where(staff_users.c.id == user)
        with self.database.reading() as connection:
            return connection.execute(mine).scalar_one_or_none()

    def set(self, user: int, verifier: str | None) -> None:
        mine = update(staff_users).where(staff_users.c.id == user)
        with self.database.writing() as connection:
            connection.execute(mine.values(password=verifier))


@dataclass(frozen=True)
class StoredSecondFactors(SecondFactors):
    database: Database
    cipher: StaffCipher

    def of(self, user: int) -> Factors:
        query = select(staff_users.c.totp, _PASSKEYS, _CODES).where(staff_users.c.id == user)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return Factors(row.totp is not None, row.passkeys, row.codes) if row else Factors()

    def totp(self, user: int) -> Secret | None:
        mine = select(staff_users.c.totp).where(staff_users.c.id == user)
        with self.database.reading() as connection:
            sealed = connection.execute(mine).scalar_one_or_none()
        return self.cipher.open(user, sealed) if sealed else None

    def set_totp(self, user: int, secret: Secret | None, step: int = 0) -> None:
        sealed = self.cipher.close(user, secret) if secret else None
        mine = update(staff_users).where(staff_users.c.id == user)
        with self.database.writing() as connection:
            connection.execute(mine.values(totp=sealed, totp_step=step))

    def use_step(self, user: int, step: int) -> bool:
        fresh = update(staff_users).where(
            staff_users.c.id == user,
            staff_users.c.totp.is_not(None),
            staff_users.c.totp_step < step,
        )
        with self.database.writing() as connection:
            return connection.execute(fresh.values(totp_step=step)).rowcount > 0

    def set_codes(self, user: int, digests: Sequence[str]) -> None:
        mine = delete(staff_recovery_codes).where(staff_recovery_codes.c.user_id == user)
        with self.database.writing() as connection:
            connection.execute(mine)
            if digests:
                rows = [{"user_id": user, "digest": digest} for digest in digests]
                connection.execute(insert(staff_recovery_codes), rows)

    def use_code(self, user: int, digest: str) -> bool:
        mine = delete(staff_recovery_codes).where(
            staff_recovery_codes.c.user_id == user, staff_recovery_codes.c.digest == digest
        )
        with self.database.writing() as connection:
            return connection.execute(mine).rowcount > 0


@dataclass(frozen=True)
class StoredPasskeys(Passkeys):
    database: Database

    def of(self, user: int) -> Sequence[Passkey]:
        mine = select(staff_passkeys).where(staff_passkeys.c.user_id == user)
        with self.database.reading() as connection:
            rows = connection.execute(mine.order_by(staff_passkeys.c.id)).all()
        return [_passkey(row) for row in rows]

    def find(self, credential: bytes) -> Passkey | None:
        mine = select(staff_passkeys).where(staff_passkeys.c.credential == credential)
        with self.database.reading() as connection:
            row = connection.execute(mine).first()
        return _passkey(row) if row else None

    def add(self, passkey: Passkey) -> bool:
        row = {
            "user_id": passkey.user,
            "credential": passkey.credential,
            "public_key": passkey.public_key,
            "uses": passkey.count,
            "name": passkey.name,
            "created": passkey.created_at,
        }
        with self.database.writing() as connection:
            return insert_or_ignore(connection, staff_passkeys, row, staff_passkeys.c.credential)

    def use(self, id: int, count: int, at: datetime) -> bool:
        table = staff_passkeys
        is_fresh = (table.c.uses < count) | ((table.c.uses == 0) & (count == 0))
        mine = update(table).where(table.c.id == id, is_fresh).values(uses=count, used=at)
        with self.database.writing() as connection:
            return connection.execute(mine).rowcount > 0

    def remove(self, user: int, id: int | None = None) -> int:
        mine = delete(staff_passkeys).where(staff_passkeys.c.user_id == user)
        if id is not None:
            mine = mine.where(staff_passkeys.c.id == id)
        with self.database.writing() as connection:
            return connection.execute(mine).rowcount


@dataclass(frozen=True)
class StoredAudit(AuditWriter):
    database: Database

    def is_done(self, key: OperationKey, tag: Tag, user: str) -> bool:
        with self.database.writing() as connection:
            done = done_before(connection, key, tag)
        if done is not None and (done.after or {}).get("user") != user:
            raise is_taken("audit", key)
        return done is not None

    def write(self, entry: AuditEntry) -> None:
        with self.database.writing() as connection:
            write_entry(connection, entry)


def user_of(row: Row[Any]) -> User:
    """Return the user of a row. A role that only a newer program knows gives no right here."""
    return User(
        row.id,
        row.name,
        row.display_name,
        Language(row.language),
        frozenset(Language(each) for each in _words(row.spoken)),
        frozenset(Role(each) for each in _words(row.roles) if each in _KNOWN_ROLES),
        _limits(row.limits),
        row.suspended,
    )


def _row_of(profile: Profile) -> dict[str, Any]:
    limits = profile.limits
    kept = {name: sorted(getattr(limits, name)) for name in Limits.__slots__}
    return {
        "display_name": profile.display_name,
        "language": profile.language.value,
        "spoken": ",".join(sorted(profile.spoken)),
        "roles": ",".join(role.value for role in Role if role in profile.roles),
        "limits": json.dumps({name: words for name, words in kept.items() if words}),
    }


def _limits(text: str) -> Limits:
    kept = {name: frozenset(words) for name, words in json.loads(text).items()}
    languages = frozenset(Language(each) for each in kept.pop("languages", ()))
    return Limits(languages=languages, **kept)


def _words(text: str) -> list[str]:
    return [each for each in text.split(",") if each]


def _overview(row: Row[Any], at: datetime) -> UserOverview:
    factors = Factors(row.totp is not None, row.passkeys, row.codes)
    invited = row.invited if row.invited and row.invited > at else None
    has_joined = row.password is not None
    return UserOverview(user_of(row), row.seen, row.sessions, has_joined, factors, invited)


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        row.id,
        row.user_id,
        row.credential,
        row.public_key,
        row.uses,
        row.name,
        row.created,
        row.used,
    )

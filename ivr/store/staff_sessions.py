"""Repositories of sessions, one-time tokens, tries to log in and known devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update

from ivr.domain.staff import LoginTry, OneTimeToken, Purpose, StaffSession, TryCounts
from ivr.domain.values import Secret
from ivr.ports.staff import DelayOf, Devices, LoginTries, OneTimeTokens, Sessions
from ivr.store.bounds import one_at_a_time
from ivr.store.database import Database
from ivr.store.encryption import StaffCipher
from ivr.store.staff import user_of
from ivr.store.staff_tables import (
    staff_devices,
    staff_sessions,
    staff_tokens,
    staff_tries,
    staff_users,
)
from ivr.store.upsert import insert_into

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_DEVICES = 10
"""Devices that are remembered for a user: the ones used last."""
_MINE = (
    staff_sessions.c.id.label("session"),
    staff_sessions.c.created.label("opened"),
    staff_sessions.c.seen.label("touched"),
    staff_sessions.c.step_up,
    staff_sessions.c.address,
    staff_sessions.c.browser,
)


@dataclass(frozen=True)
class StoredSessions(Sessions):
    database: Database

    def open(
        self,
        user: int,
        digest: str,
        at: datetime,
        step_up_at: datetime | None,
        address: str,
        browser: str,
    ) -> StaffSession:
        row = {
            "user_id": user,
            "digest": digest,
            "created": at,
            "seen": at,
            "step_up": step_up_at,
            "address": address,
            "browser": browser,
        }
        with self.database.writing() as connection:
            connection.execute(insert(staff_sessions).values(**row))
            mine = update(staff_users).where(staff_users.c.id == user)
            connection.execute(mine.values(seen=at))
            return _session(connection.execute(_by(staff_sessions.c.digest == digest)).one())

    def find(self, digest: str) -> StaffSession | None:
        with self.database.reading() as connection:
            row = connection.execute(_by(staff_sessions.c.digest == digest)).first()
        return _session(row) if row else None

    def of(self, user: int) -> Sequence[StaffSession]:
        mine = _by(staff_sessions.c.user_id == user).order_by(staff_sessions.c.id.desc())
        with self.database.reading() as connection:
            return [_session(row) for row in connection.execute(mine)]

    def touch(self, id: int, at: datetime) -> None:
        mine = select(staff_sessions.c.user_id).where(staff_sessions.c.id == id)
        with self.database.writing() as connection:
            connection.execute(
                update(staff_sessions).where(staff_sessions.c.id == id).values(seen=at)
            )
            user = update(staff_users).where(staff_users.c.id == mine.scalar_subquery())
            connection.execute(user.values(seen=at))

    def rotate(self, id: int, digest: str, step_up_at: datetime | None) -> bool:
        values: dict[str, Any] = {"digest": digest}
        if step_up_at is not None:
            values["step_up"] = step_up_at
        mine = update(staff_sessions).where(staff_sessions.c.id == id).values(**values)
        with self.database.writing() as connection:
            return connection.execute(mine).rowcount > 0

    def end(self, id: int) -> StaffSession | None:
        with self.database.writing() as connection:
            mine = _by(staff_sessions.c.id == id).with_for_update(of=staff_sessions)
            row = connection.execute(mine).first()
            connection.execute(delete(staff_sessions).where(staff_sessions.c.id == id))
        return _session(row) if row else None


@dataclass(frozen=True)
class StoredTokens(OneTimeTokens):
    database: Database
    cipher: StaffCipher

    def write(self, token: OneTimeToken) -> None:
        row = {
            "digest": token.digest,
            "user_id": token.user,
            "purpose": token.purpose.value,
            "until": token.until,
            "source": token.source,
            "secret": self._sealed(token.user, token.secret),
        }
        former = delete(staff_tokens).where(
            staff_tokens.c.user_id == token.user,
            staff_tokens.c.purpose == token.purpose.value,
            staff_tokens.c.source == token.source,
        )
        with self.database.writing() as connection:
            connection.execute(former)
            connection.execute(insert(staff_tokens).values(**row))

    def find(self, digest: str, purpose: Purpose, at: datetime) -> OneTimeToken | None:
        mine = select(staff_tokens).where(
            staff_tokens.c.digest == digest,
            staff_tokens.c.purpose == purpose.value,
            staff_tokens.c.until > at,
        )
        with self.database.reading() as connection:
            row = connection.execute(mine).first()
        if row is None:
            return None
        secret = self.cipher.open(row.user_id, row.secret) if row.secret else None
        return OneTimeToken(digest, row.user_id, purpose, row.until, row.source, secret)

    def keep(self, digest: str, secret: Secret) -> bool:
        mine = select(staff_tokens).where(staff_tokens.c.digest == digest).with_for_update()
        with self.database.writing() as connection:
            row = connection.execute(mine).first()
            if row is None or row.secret is not None:
                return False
            sealed = self._sealed(row.user_id, secret)
            this = update(staff_tokens).where(staff_tokens.c.digest == digest)
            connection.execute(this.values(secret=sealed))
            return True

    def count(self, digest: str, most: int) -> bool:
        mine = update(staff_tokens).where(
            staff_tokens.c.digest == digest, staff_tokens.c.tries < most
        )
        with self.database.writing() as connection:
            counted = connection.execute(mine.values(tries=staff_tokens.c.tries + 1))
            return counted.rowcount > 0

    def use(self, digest: str) -> bool:
        mine = delete(staff_tokens).where(staff_tokens.c.digest == digest)
        with self.database.writing() as connection:
            return connection.execute(mine).rowcount > 0

    def end(self, user: int) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(staff_tokens).where(staff_tokens.c.user_id == user))

    def prune(self, at: datetime) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(staff_tokens).where(staff_tokens.c.until <= at))

    def _sealed(self, user: int, secret: Secret | None) -> bytes | None:
        return self.cipher.close(user, secret) if secret else None


@dataclass(frozen=True)
class StoredLoginTries(LoginTries):
    database: Database

    def open(self, tried: LoginTry, at: datetime, delay: DelayOf) -> tuple[timedelta, int]:
        tries = staff_tries
        pair = (tries.c.who == tried.who, tries.c.source == tried.source, tries.c.at > at - DAY)
        group = (tries.c.group == tried.group, tries.c.at > at - HOUR)
        with self.database.writing() as connection:
            one_at_a_time(connection, tries)
            counts = TryCounts(
                *connection.execute(_counted(*pair)).one(),
                *connection.execute(_counted(*group)).one(),
            )
            rest = delay(counts)
            if rest > timedelta(0):
                return rest, counts.pair
            row = {"who": tried.who, "source": tried.source, "group": tried.group, "at": at}
            connection.execute(delete(tries).where(tries.c.at < at - DAY))
            connection.execute(insert(tries).values(**row))
            return timedelta(0), counts.pair + 1

    def clear(self, who: str, source: str) -> None:
        tries = staff_tries
        mine = delete(tries).where(tries.c.who == who, tries.c.source == source)
        with self.database.writing() as connection:
            connection.execute(mine)


@dataclass(frozen=True)
class StoredDevices(Devices):
    database: Database

    def is_known(self, user: int, digest: str) -> bool:
        devices = staff_devices
        mine = select(devices.c.seen).where(devices.c.user_id == user, devices.c.digest == digest)
        with self.database.reading() as connection:
            return connection.execute(mine).first() is not None

    def remember(self, user: int, digest: str, at: datetime) -> None:
        devices = staff_devices
        newest = (
            select(devices.c.digest)
            .where(devices.c.user_id == user)
            .order_by(devices.c.seen.desc())
            .limit(MOST_DEVICES)
        )
        with self.database.writing() as connection:
            row = {"user_id": user, "digest": digest, "seen": at}
            statement = insert_into(connection, devices).values(**row)
            key = [devices.c.user_id, devices.c.digest]
            connection.execute(
                statement.on_conflict_do_update(index_elements=key, set_={"seen": at})
            )
            kept = connection.execute(newest).scalars().all()
            connection.execute(
                delete(devices).where(devices.c.user_id == user, devices.c.digest.not_in(kept))
            )

    def forget(self, user: int) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(staff_devices).where(staff_devices.c.user_id == user))


def _by(*which: ColumnElement[bool]) -> Select[Any]:
    joined = select(staff_users, *_MINE).join(
        staff_sessions, staff_sessions.c.user_id == staff_users.c.id
    )
    return joined.where(*which)


def _session(row: Row[Any]) -> StaffSession:
    return StaffSession(
        row.session,
        user_of(row),
        row.opened,
        row.touched,
        row.step_up,
        row.address,
        row.browser,
    )


def _counted(*which: ColumnElement[bool]) -> Select[int, datetime | None]:
    return select(func.count(), func.max(staff_tries.c.at)).where(*which)

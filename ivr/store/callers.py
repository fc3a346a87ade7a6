"""Repositories of callers' languages and of call-backs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, insert, or_, select, update

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.callbacks import Asked, Bound, CallbackResult, Left
from ivr.domain.callbacks import Callback as Callback
from ivr.domain.callbacks import CallbackStatus as CallbackStatus
from ivr.domain.paging import Page
from ivr.domain.values import Language, Msisdn
from ivr.ports.callbacks import CallbackRepository
from ivr.ports.care import Callers
from ivr.ports.lists import CallbackList
from ivr.store.actors import row_of
from ivr.store.audit import is_done, write_entry
from ivr.store.bounds import is_spent, one_at_a_time
from ivr.store.database import Database
from ivr.store.paging import read_page
from ivr.store.snapshots import CallerLanguage, write
from ivr.store.tables import callbacks, caller_languages
from ivr.store.upsert import is_taken

_LANGUAGE = select(caller_languages.c.language).where(
    caller_languages.c.caller == bindparam("caller")
)


class StoredCallers(Callers):
    def __init__(self, database: Database) -> None:
        self._database = database

    def language(self, caller: Msisdn) -> Language | None:
        known = self._database.ask(_LANGUAGE, caller=caller)
        return Language(known[0].language) if known else None

    def remember(self, caller: Msisdn, language: Language) -> None:
        with self._database.writing() as connection:
            write(connection, [CallerLanguage(caller, language)])


WAITS = callbacks.c.status.in_([CallbackStatus.OPEN.value, CallbackStatus.TAKEN.value])


class StoredCallbacks(CallbackRepository, CallbackList):
    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self, actor: Actor, key: OperationKey, asked: Asked, at: datetime, bound: Bound
    ) -> Left:
        call = actor.call or key
        row = {
            "call": call,
            "number": asked.number,
            "language": asked.language.value if asked.language else None,
            "reason": asked.reason,
            "topic": asked.topic or None,
            "at": at,
            "status": CallbackStatus.OPEN.value,
            "caller": asked.party,
            "key": key,
            **row_of(actor),
        }
        with self._database.writing() as connection:
            one_at_a_time(connection, callbacks)
            mine = select(callbacks.c.caller).where(callbacks.c.number == asked.number)
            if same := connection.execute(mine.where(callbacks.c.call == call)).first():
                if same.caller not in (asked.subscriber, asked.caller):
                    raise is_taken("callback", key)
                return Left.DONE
            if connection.execute(mine.where(WAITS)).first():
                return Left.ALREADY
            if is_spent(connection, callbacks, callbacks.c.call, call, bound):
                return Left.MANY
            if is_spent(connection, callbacks, callbacks.c.caller, asked.party, bound):
                return Left.MANY
            connection.execute(insert(callbacks).values(**row))
            return Left.DONE

    def list(self, status: CallbackStatus, most: int) -> Sequence[Callback]:
        """Those of one state, oldest first."""
        return self.page(most, status=status).items

    def waiting(self, most: int) -> Sequence[Callback]:
        """All that are not done, oldest first: who has waited longest is called first."""
        return self.page(most).items

    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        status: CallbackStatus | None = None,
        number: Msisdn | None = None,
    ) -> Page[Callback]:
        query = select(callbacks).where(callbacks.c.status == status.value if status else WAITS)
        if number is not None:
            query = query.where(callbacks.c.number == number)
        keys = (callbacks.c.at, callbacks.c.id)
        with self._database.reading() as connection:
            return read_page(connection, query, keys, _callbacks, most, after, newest_first=False)

    def get(self, id: int) -> Callback | None:
        with self._database.reading() as connection:
            row = connection.execute(select(callbacks).where(callbacks.c.id == id)).one_or_none()
            return _callback(row) if row else None

    def take(self, actor: Actor, key: OperationKey, id: int, at: datetime, since: datetime) -> bool:
        is_open = callbacks.c.status == CallbackStatus.OPEN.value
        is_free = or_(is_open, and_(WAITS, callbacks.c.taken <= since))
        values = {"status": CallbackStatus.TAKEN.value, "taken": at, "taken_by": str(actor)}
        return self._change(Tag.CALLBACK_TAKEN, actor, key, id, at, is_free, values)

    def done(self, actor: Actor, key: OperationKey, id: int, at: datetime) -> bool:
        values = {"status": CallbackStatus.DONE.value}
        return self._change(Tag.CALLBACK_DONE, actor, key, id, at, WAITS, values)

    def tried(
        self,
        actor: Actor,
        key: OperationKey,
        id: int,
        result: CallbackResult,
        at: datetime,
        next_at: datetime | None,
    ) -> bool:
        status = CallbackStatus.DONE if result.is_final else CallbackStatus.OPEN
        values = {
            "status": status.value,
            "taken": None,
            "taken_by": None,
            "tries": callbacks.c.tries + 1,
            "result": result.value,
            "next_at": next_at,
        }
        is_mine = and_(
            callbacks.c.status == CallbackStatus.TAKEN.value, callbacks.c.taken_by == str(actor)
        )
        return self._change(Tag.CALLBACK_TRIED, actor, key, id, at, is_mine, values)

    def due(
        self, languages: Collection[Language], at: datetime, since: datetime, most: int
    ) -> Sequence[Callback]:
        """Return call-backs that an agent may take now, the longest waiting first.

        Only in ``languages`` or without one; those that were taken at ``since`` or earlier are free
        again.
        """
        spoken = or_(
            callbacks.c.language.is_(None),
            callbacks.c.language.in_([each.value for each in languages]),
        )
        is_free = or_(
            callbacks.c.status == CallbackStatus.OPEN.value,
            and_(callbacks.c.status == CallbackStatus.TAKEN.value, callbacks.c.taken <= since),
        )
        is_due = or_(callbacks.c.next_at.is_(None), callbacks.c.next_at <= at)
        query = select(callbacks).where(is_free, is_due, spoken).order_by(callbacks.c.at)
        with self._database.reading() as connection:
            return _callbacks(connection.execute(query.limit(most)).all())

    def _change(
        self,
        tag: Tag,
        actor: Actor,
        key: OperationKey,
        id: int,
        at: datetime,
        which: ColumnElement[bool],
        values: Mapping[str, Any],
    ) -> bool:
        mine = select(callbacks).where(callbacks.c.id == id, which)
        with self._database.writing() as connection:
            if is_done(connection, key, tag):
                return True
            row = connection.execute(mine.with_for_update()).one_or_none()
            if row is None:
                return False
            connection.execute(update(callbacks).where(callbacks.c.id == id).values(**values))
            before: Facts = {"callback": id, "status": row.status, "taken_by": row.taken_by}
            after = {name: values.get(name, value) for name, value in before.items()}
            entry = entry_of(actor, key, at, tag, Msisdn(row.number), before=before, after=after)
            write_entry(connection, entry)
            return True


def _callbacks(rows: Sequence[Row[Any]]) -> Sequence[Callback]:
    return [_callback(row) for row in rows]


def _callback(row: Row[Any]) -> Callback:
    return Callback(
        row.id,
        row.call,
        row.number,
        Language(row.language) if row.language else None,
        row.reason,
        row.at,
        CallbackStatus(row.status),
        row.taken,
        row.taken_by,
        row.topic or "",
        row.tries,
        row.next_at,
        CallbackResult(row.result) if row.result else None,
    )

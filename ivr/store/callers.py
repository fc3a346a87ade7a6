"""What is remembered of calling numbers, and whom to call back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import asc, insert, select, update

from ivr.call import Call
from ivr.ports import Bound, Left
from ivr.store.bounds import is_spent, one_at_a_time
from ivr.store.database import Database
from ivr.store.pages import Spoken, write
from ivr.store.tables import callbacks
from ivr.values import Language, Msisdn


class StoredCallers:
    """Implements ``ivr.ports.Callers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def language(self, caller: Msisdn) -> Language | None:
        known = self._database.glance(_LANGUAGE, caller)
        return Language(known[0][0]) if known else None

    def remember(self, caller: Msisdn, language: Language) -> None:
        with self._database.writing() as connection:
            write(connection, [Spoken(caller, language)])


_LANGUAGE = "SELECT language FROM caller_languages WHERE caller = ?"


class CallbackStatus(StrEnum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Callback:
    """A number left to be called back."""

    id: int
    call: str
    number: Msisdn
    language: Language | None
    reason: str
    at: datetime
    status: CallbackStatus


class StoredCallbacks:
    """Implements ``ivr.ports.CallbackBook``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, call: Call, number: Msisdn, at: datetime, bound: Bound) -> Left:
        party = call.subscriber or call.caller
        row = {
            "call": call.id,
            "number": number,
            "language": call.language.value if call.language else None,
            "reason": call.reason,
            "at": at,
            "status": CallbackStatus.OPEN.value,
            "caller": party,
        }
        with self._database.writing() as connection:
            one_at_a_time(connection, callbacks)
            mine = select(callbacks.c.id).where(callbacks.c.number == number)
            if connection.execute(mine.where(callbacks.c.call == call.id)).first():
                return Left.DONE
            if connection.execute(mine.where(callbacks.c.status == row["status"])).first():
                return Left.ALREADY
            if is_spent(connection, callbacks, callbacks.c.call, call.id, bound):
                return Left.MANY
            if is_spent(connection, callbacks, callbacks.c.caller, party, bound):
                return Left.MANY
            connection.execute(insert(callbacks).values(**row))
            return Left.DONE

    def list(self, status: CallbackStatus, most: int) -> Sequence[Callback]:
        """Oldest first: who has waited longest is called first."""
        query = (
            select(callbacks)
            .where(callbacks.c.status == status.value)
            .order_by(asc(callbacks.c.at), asc(callbacks.c.id))
            .limit(most)
        )
        with self._database.reading() as connection:
            return [
                Callback(
                    row.id,
                    row.call,
                    row.number,
                    Language(row.language) if row.language else None,
                    row.reason,
                    row.at,
                    CallbackStatus(row.status),
                )
                for row in connection.execute(query)
            ]

    def done(self, id: int) -> bool:
        """False: it was done before, or never left."""
        with self._database.writing() as connection:
            changed = connection.execute(
                update(callbacks)
                .where(callbacks.c.id == id, callbacks.c.status == CallbackStatus.OPEN.value)
                .values(status=CallbackStatus.DONE.value)
            )
            return changed.rowcount > 0

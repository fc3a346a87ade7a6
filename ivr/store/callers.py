"""What is remembered of calling numbers, and whom to call back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import asc, select, update

from ivr.call import Call
from ivr.store.database import Database
from ivr.store.once import insert_new
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
    """Implements ``ivr.ports.Callbacks``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def leave(self, call: Call, number: Msisdn) -> None:
        """The same number left twice in a call is kept once."""
        row = {
            "call": call.id,
            "number": number,
            "language": call.language.value if call.language else None,
            "reason": call.reason,
            "at": datetime.now(UTC),
            "status": CallbackStatus.OPEN.value,
        }
        with self._database.writing() as connection:
            insert_new(connection, callbacks, row, callbacks.c.call, callbacks.c.number)

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

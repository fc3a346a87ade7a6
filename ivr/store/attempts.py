"""Tries to identify, as stored. Implements ``ivr.ports.Attempts``.

A try is a row before it is compared, so a crash leaves a failure and two calls at once see each
other's. A match or an unlock marks the number's earlier failures as forgotten; the rows stay.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, insert, select, true, update

from ivr.care.attempts import HOUR, fifth_in_hour, tenth_in_day
from ivr.ports import Attempt, AttemptCounts, AttemptResult
from ivr.store.audit import Entry, write_entry
from ivr.store.database import Database
from ivr.store.tables import attempts
from ivr.values import Msisdn

_IN_ORDER = 0x4956_5231
"""PostgreSQL advisory lock that makes tries visible in the order of their ids.

Without it a try could count those before its id while one of them is not committed yet.
"""


class StoredAttempts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, attempt: Attempt, at: datetime) -> int:
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_IN_ORDER)))
            id: int = connection.execute(
                insert(attempts)
                .values(
                    call=attempt.call,
                    number=attempt.number,
                    caller=attempt.caller,
                    means=attempt.means.value,
                    at=at,
                    result=AttemptResult.OPEN.value,
                    forgotten=False,
                )
                .returning(attempts.c.id)
            ).scalar_one()
            return id

    def settle(self, id: int, result: AttemptResult) -> None:
        """Settling twice changes nothing."""
        with self._database.writing() as connection:
            settled = connection.execute(
                update(attempts)
                .where(attempts.c.id == id, attempts.c.result == AttemptResult.OPEN.value)
                .values(result=result.value)
                .returning(attempts.c.number)
            ).one_or_none()
            if settled is not None and result is AttemptResult.MATCH:
                connection.execute(
                    update(attempts)
                    .where(_failures_of(settled.number), attempts.c.id < id)
                    .values(forgotten=True)
                )

    def counts(
        self,
        call: str,
        number: Msisdn,
        caller: Msisdn | None,
        at: datetime,
        before: int | None = None,
    ) -> AttemptCounts:
        earlier = true() if before is None else attempts.c.id < before
        failed = and_(attempts.c.result != AttemptResult.MATCH.value, earlier)
        of_number = (
            select(attempts.c.at)
            .where(attempts.c.number == number, attempts.c.forgotten == false(), failed)
            .order_by(attempts.c.at, attempts.c.id)
        )
        of_call = select(func.count()).select_from(attempts).where(attempts.c.call == call, failed)
        of_caller = select(func.count(attempts.c.number.distinct())).where(
            attempts.c.caller == caller, attempts.c.at >= at - HOUR, failed
        )
        with self._database.reading() as connection:
            times = connection.execute(of_number).scalars().all()
            in_call = connection.execute(of_call).scalar_one()
            numbers = connection.execute(of_caller).scalar_one() if caller else 0
        return AttemptCounts(
            in_call=in_call,
            in_row=len(times),
            fifth_at=fifth_in_hour(times),
            tenth_at=tenth_in_day(times),
            numbers_by_caller=numbers,
        )

    def unlock(self, number: Msisdn, author: str, at: datetime) -> bool:
        with self._database.writing() as connection:
            forgotten = connection.execute(
                update(attempts).where(_failures_of(number)).values(forgotten=True)
            )
            if forgotten.rowcount == 0:
                return False
            write_entry(connection, Entry(at, author, "identification.unlock", number))
            return True


def _failures_of(number: Msisdn) -> ColumnElement[bool]:
    """Those that still count against a number."""
    return and_(
        attempts.c.number == number,
        attempts.c.result != AttemptResult.MATCH.value,
        attempts.c.forgotten == false(),
    )

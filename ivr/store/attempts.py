"""Repository of identification attempts.

The row of an attempt is written before the secret is compared. So an attempt that ends in a crash
counts as a failure, and two simultaneous calls see each other's attempts. A match or an unlock
marks the number's earlier failures as forgotten; the rows stay until they are pruned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    desc,
    false,
    func,
    insert,
    select,
    update,
)

from ivr.care.attempts import BUCKET, IN_ROW, MINUTE, SPREAD_KEPT
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.identification import (
    Attempt,
    AttemptCounts,
    AttemptResult,
    CallerKind,
    OpenedAttempt,
)
from ivr.domain.values import Msisdn
from ivr.ports.attempts import Allows, Attempts, always
from ivr.store.audit import is_done, write_entry
from ivr.store.database import Database
from ivr.store.tables import attempts

_IN_ORDER = 0x4956_5231
"""PostgreSQL advisory lock: attempts are counted and written one after another.

Without the lock two simultaneous attempts would not see each other.
"""
STRANGERS = (CallerKind.KNOWN.value, CallerKind.UNKNOWN.value)
MOST_BY_CALLER = 1000
"""Limit of the newest failures of a calling number that are read; its limits allow far fewer."""
PRUNED_AT_ONCE = 1000
"""Rows that one transaction of pruning reads."""


class StoredAttempts(Attempts):
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self, attempt: Attempt, kind: CallerKind, at: datetime, allows: Allows = always
    ) -> OpenedAttempt:
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_IN_ORDER)))
            earlier = _counts(connection, attempt, kind, at)
            if not allows(earlier):
                return OpenedAttempt(0, earlier)
            id: int = connection.execute(
                insert(attempts)
                .values(
                    call=attempt.call,
                    number=attempt.number,
                    caller=attempt.origin.key,
                    means=attempt.means.value,
                    at=at,
                    result=AttemptResult.OPEN.value,
                    forgotten=False,
                    kind=kind.value,
                    trunk=attempt.origin.trunk,
                    by=attempt.by or None,
                )
                .returning(attempts.c.id)
            ).scalar_one()
            return OpenedAttempt(id, earlier)

    def settle(self, id: int, result: AttemptResult) -> None:
        """Write the result of an attempt. A second call changes nothing."""
        with self._database.writing() as connection:
            settled = connection.execute(
                update(attempts)
                .where(attempts.c.id == id, attempts.c.result == AttemptResult.OPEN.value)
                .values(result=result.value)
                .returning(attempts.c.number, attempts.c.kind)
            ).one_or_none()
            if settled is not None and result is AttemptResult.MATCH:
                connection.execute(
                    update(attempts)
                    .where(_failures_of(settled.number), _alike(settled.kind), attempts.c.id < id)
                    .values(forgotten=True)
                )

    def counts(self, attempt: Attempt, kind: CallerKind, at: datetime) -> AttemptCounts:
        with self._database.reading() as connection:
            return _counts(connection, attempt, kind, at)

    def failures_by(self, user: str, since: datetime) -> int:
        failed = attempts.c.result != AttemptResult.MATCH.value
        mine = and_(attempts.c.by == user, attempts.c.at >= since, failed)
        with self._database.reading() as connection:
            count = connection.execute(select(func.count()).select_from(attempts).where(mine))
            return int(count.scalar_one())

    def forget(self, actor: Actor, number: Msisdn, kind: CallerKind, at: datetime) -> bool:
        which = and_(_failures_of(number), _alike(kind))
        with self._database.writing() as connection:
            failures = _forget(connection, which)
            entry = entry_of(actor, None, at, Tag.CODE, number, **_counted(failures))
            if failures:
                write_entry(connection, entry)
            return failures > 0

    def unlock(self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime) -> bool:
        with self._database.writing() as connection:
            if is_done(connection, key, Tag.UNLOCK, number):
                return True
            failures = _forget(connection, _failures_of(number))
            entry = entry_of(actor, key, at, Tag.UNLOCK, number, **_counted(failures))
            if failures:
                write_entry(connection, entry)
            return failures > 0

    def prune(self, before: datetime, failures_before: datetime) -> int:
        last = pruned = 0
        # The newest row stays: SQLite derives the next id from it.
        newest = select(func.max(attempts.c.id)).scalar_subquery()
        while True:
            with self._database.writing() as connection:
                rows = connection.execute(
                    select(attempts)
                    .where(attempts.c.id > last, attempts.c.id < newest, attempts.c.at < before)
                    .order_by(attempts.c.id)
                    .limit(PRUNED_AT_ONCE)
                ).all()
                if not rows:
                    return pruned
                last = rows[-1].id
                pruned += _delete_useless(connection, rows, failures_before)


def forget_all(connection: Connection, number: Msisdn) -> None:
    """Forget all failures of a number, within a transaction that does more."""
    _forget(connection, _failures_of(number))


def _forget(connection: Connection, which: ColumnElement[bool]) -> int:
    """Forget some failures; answers how many."""
    return connection.execute(update(attempts).where(which).values(forgotten=True)).rowcount


def _counted(failures: int) -> Mapping[str, Facts]:
    return {"before": {"failures": failures}, "after": {"failures": 0}}


def _counts(
    connection: Connection, attempt: Attempt, kind: CallerKind, at: datetime
) -> AttemptCounts:
    failed = attempts.c.result != AttemptResult.MATCH.value
    of_number = (
        select(attempts.c.at)
        .where(_failures_of(attempt.number), _alike(kind))
        .order_by(attempts.c.at, attempts.c.id)
    )
    of_call = (
        select(func.count()).select_from(attempts).where(attempts.c.call == attempt.call, failed)
    )
    counts = AttemptCounts(
        in_call=connection.execute(of_call).scalar_one(),
        failures=tuple(connection.execute(of_number).scalars()),
    )
    if kind.is_own:
        return counts
    by_caller = _by_caller(connection, attempt.origin.key, at, failed)
    unknown, strangers, line = _of_strangers(connection, attempt.origin.trunk, at, failed)
    return replace(
        counts,
        by_caller=tuple((row.at, row.number) for row in by_caller),
        unknown=unknown,
        strangers=strangers,
        line=line,
    )


def _by_caller(
    connection: Connection, caller: str | None, at: datetime, failed: ColumnElement[bool]
) -> Sequence[Any]:
    if caller is None:
        return ()
    newest = (
        select(attempts.c.at, attempts.c.number)
        .where(attempts.c.caller == caller, attempts.c.at >= at - SPREAD_KEPT, failed)
        .order_by(desc(attempts.c.at), desc(attempts.c.id))
        .limit(MOST_BY_CALLER)
    )
    return connection.execute(newest).all()[::-1]


def _of_strangers(
    connection: Connection, trunk: str, at: datetime, failed: ColumnElement[bool]
) -> tuple[int, int, int]:
    """Count the recent failures of strangers.

    Return those of the trunk's unknown callers and those of all its strangers, both in ten
    minutes, and those of all strangers of the line in one minute.
    """
    of_trunk = attempts.c.trunk == trunk
    is_unknown = attempts.c.kind == CallerKind.UNKNOWN.value

    def count(which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((which, 1), else_=0)), 0)

    row = connection.execute(
        select(
            count(and_(of_trunk, is_unknown)),
            count(of_trunk),
            count(attempts.c.at > at - MINUTE),
        ).where(attempts.c.kind.in_(STRANGERS), attempts.c.at > at - BUCKET, failed)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _delete_useless(connection: Connection, rows: Sequence[Any], failures_before: datetime) -> int:
    """Delete those of ``rows`` that no rule needs; return how many."""
    useless = []
    old: dict[tuple[str, bool], list[int]] = {}
    for row in rows:
        if row.forgotten or row.result == AttemptResult.MATCH.value:
            useless.append(row.id)
        elif row.at < failures_before:
            old.setdefault((row.number, CallerKind(row.kind).is_own), []).append(row.id)
    for (number, is_own), ids in old.items():
        kind = CallerKind.OWN if is_own else CallerKind.UNKNOWN
        standing = select(func.count()).where(_failures_of(Msisdn(number)), _alike(kind))
        if connection.execute(standing).scalar_one() < IN_ROW:
            useless.extend(ids)
    if useless:
        connection.execute(delete(attempts).where(attempts.c.id.in_(useless)))
    return len(useless)


def _failures_of(number: Msisdn) -> ColumnElement[bool]:
    """Select the failures that still count against a number."""
    return and_(
        attempts.c.number == number,
        attempts.c.result != AttemptResult.MATCH.value,
        attempts.c.forgotten == false(),
    )


def _alike(kind: CallerKind | str) -> ColumnElement[bool]:
    """Select the attempts from the number's own phone, or those from all other phones."""
    if CallerKind(kind).is_own:
        return attempts.c.kind == CallerKind.OWN.value
    return attempts.c.kind.in_(STRANGERS)

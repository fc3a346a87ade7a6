"""Repository of the journal: calls write it, people read it.

A call that another worker resumes keeps one record. The path of the later worker follows the paths
of the earlier ones, in whatever order they were written. Writing the same end twice changes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from ivr.domain.call import Call, CallOutcome, Step
from ivr.domain.journal import AgentEvent as AgentEvent
from ivr.domain.journal import Record as Record
from ivr.domain.paging import Page
from ivr.domain.values import Msisdn
from ivr.ports.journal import Journal
from ivr.ports.lists import CallList
from ivr.store.call_tables import (
    agent_events,
    call_goals,
    call_identifications,
    call_orders,
    call_steps,
    calls,
)
from ivr.store.database import Database
from ivr.store.paging import read_page
from ivr.store.snapshots import AgentEventRow, JournalWrite, SnapshotWriter, taken_at, write


class StoredJournal(Journal, CallList):
    """Writes each entry at once. Calls are served by ``JournalWriter``, which does not wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._snapshots = SnapshotWriter()

    def begin(self, call: Call) -> None:
        self.write([self._snapshots.begin(call)])

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> None:
        self.write([self._snapshots.end(call, outcome, at)])

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        self.write([AgentEventRow(call, event, agent, at)])

    def write(self, entries: Sequence[JournalWrite]) -> None:
        """Write entries of many calls in one transaction."""
        with self._database.writing() as connection:
            write(connection, entries)

    def newest(self, most: int, since: datetime | None = None) -> Sequence[Record]:
        """Calls that began at ``since`` or later, the newest first."""
        return self.page(most, since=since).items

    def page(
        self,
        most: int,
        after: str | None = None,
        *,
        since: datetime | None = None,
        caller: Msisdn | None = None,
    ) -> Page[Record]:
        query = select(calls)
        if since is not None:
            query = query.where(calls.c.started >= since)
        if caller is not None:
            query = query.where(calls.c.caller == caller)
        keys = (calls.c.started, calls.c.id)
        with self._database.reading() as connection:
            return read_page(connection, query, keys, partial(_records, connection), most, after)

    def get(self, id: str) -> Record | None:
        with self._database.reading() as connection:
            rows = connection.execute(select(calls).where(calls.c.id == id)).all()
            return next(iter(_records(connection, rows)), None)


def _records(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Record]:
    """Calls by their rows, with all that belongs to them."""
    ids = [row.id for row in rows]
    steps = _of(connection, call_steps, ids)
    goals = _of(connection, call_goals, ids)
    identifications = _of(connection, call_identifications, ids)
    ordered = _of(connection, call_orders, ids)
    agents = _of(connection, agent_events, ids)
    return [
        Record(
            id=row.id,
            dialled=row.dialled,
            caller=row.caller,
            started=row.started,
            ended=row.ended,
            release=row.release,
            language=row.language,
            subscriber=row.subscriber,
            means=row.means,
            outcome=row.outcome,
            reason=row.reason,
            path=tuple(_step(step, row.started) for step in _joined(steps[row.id])),
            goals=tuple(goal.goal for goal in goals[row.id]),
            identification=tuple(one.outcome for one in _joined(identifications[row.id])),
            orders=tuple(one.order_id for one in ordered[row.id]),
            agents=tuple(AgentEvent(one.event, one.agent, one.at) for one in agents[row.id]),
        )
        for row in rows
    ]


_SLICE = 500
"""Ids in one query: SQLite limits the parameters of a statement."""


def _of(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the rows of each call, in order."""
    call = table.c.call if "call" in table.c else table.c.call_id
    order = (table.c.taken, table.c.position) if "taken" in table.c else (table.c.id,)
    found: dict[str, list[Any]] = {id: [] for id in ids}
    for start in range(0, len(ids), _SLICE):
        query = select(table).where(call.in_(ids[start : start + _SLICE])).order_by(call, *order)
        for row in connection.execute(query):
            found[row._mapping[call]].append(row)
    return found


def _joined(rows: Sequence[Any]) -> list[Any]:
    """Join the rows of a call's workers, in the order of the workers.

    Rows with positions below 0 come from a later worker. They replace rows that the earlier
    workers could not write.
    """
    joined: list[Any] = []
    for _, mine in groupby(rows, lambda row: row.taken):
        all = list(mine)
        told = [row for row in all if row.position < 0]
        own = all[len(told) :]
        joined = (joined if len(joined) >= len(told) else told) + own
    return joined


def _step(row: Any, started: datetime) -> Step:
    later = row.taken - taken_at(started)
    return Step(row.node, row.key, round(row.at + later / 1000, 3) if later else row.at)

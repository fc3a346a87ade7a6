"""The record of calls as stored. Implements ``ivr.ports.Journal``, and reads it for people.

A call that another worker takes up again keeps one record: what earlier workers wrote stays, and
the path of the new one is written behind it. Goals, orders and identification a call brings along,
so that those of a worker that was killed are there too, once; its path is not. Writing the same end
twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, desc, func, insert, select, update

from ivr.call import Call, Outcome, Step
from ivr.store.database import Database
from ivr.store.once import insert_into, insert_new
from ivr.store.tables import (
    agent_events,
    call_goals,
    call_identifications,
    call_orders,
    call_steps,
    calls,
)

CAME_TO_ITS_END = frozenset({Outcome.AGENT, Outcome.ENDED})
LOST = frozenset({Outcome.HUNG_UP, Outcome.FAILED})


@dataclass(frozen=True, slots=True)
class AgentEvent:
    event: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One call as the journal has it. Numbers are whole: whoever shows them masks them."""

    id: str
    dialled: str
    caller: str | None
    started: datetime
    ended: datetime | None
    release: int
    language: str | None
    subscriber: str | None
    means: str | None
    outcome: str | None
    reason: str
    path: tuple[Step, ...]
    goals: tuple[str, ...]
    identification: tuple[str, ...]
    orders: tuple[str, ...]
    agents: tuple[AgentEvent, ...]

    @property
    def seconds(self) -> float | None:
        return (self.ended - self.started).total_seconds() if self.ended else None


class StoredJournal:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, call: Call) -> None:
        with self._database.writing() as connection:
            first = {
                "id": call.id,
                "dialled": call.dialled,
                "started": call.started,
                "kept_steps": 0,
                "kept_identifications": 0,
                **_state(call),
            }
            if insert_new(connection, calls, first, calls.c.id):
                return
            steps, identifications = (
                connection.execute(
                    select(func.count()).select_from(table).where(table.c.call_id == call.id)
                ).scalar_one()
                for table in (call_steps, call_identifications)
            )
            connection.execute(
                update(calls)
                .where(calls.c.id == call.id)
                .values(
                    ended=None,
                    outcome=None,
                    kept_steps=max(0, steps - len(call.path)),
                    kept_identifications=max(0, identifications - len(call.identification)),
                )
            )

    def end(self, call: Call, outcome: Outcome, at: datetime) -> None:
        with self._database.writing() as connection:
            known = connection.execute(
                select(calls).where(calls.c.id == call.id).with_for_update()
            ).one_or_none()
            if known is None:
                raise LookupError(f"call {call.id} was never begun")
            _add(connection, call_goals.c.goal, call.id, call.goals)
            _add(connection, call_orders.c.order_id, call.id, call.orders)
            if outcome in LOST and known.outcome in CAME_TO_ITS_END:
                return  # of a worker that hung, while another one brought the call to its end
            connection.execute(
                update(calls)
                .where(calls.c.id == call.id)
                .values(ended=at, outcome=outcome.value, **_state(call))
            )
            later = (call.started - known.started) / timedelta(seconds=1)
            _write_behind(
                connection,
                call_steps,
                call.id,
                known.kept_steps,
                [{"node": step.node, "key": step.key, "at": step.at + later} for step in call.path],
            )
            _write_behind(
                connection,
                call_identifications,
                call.id,
                known.kept_identifications,
                [{"outcome": outcome} for outcome in call.identification],
            )

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        row = {"call": call, "event": event, "agent": agent, "at": at}
        key = (agent_events.c.call, agent_events.c.event, agent_events.c.agent)
        with self._database.writing() as connection:
            insert_new(connection, agent_events, row, *key)

    def newest(self, most: int, since: datetime | None = None) -> Sequence[Record]:
        """Calls that began at ``since`` or later, the newest first."""
        query = select(calls).order_by(desc(calls.c.started), desc(calls.c.id)).limit(most)
        if since is not None:
            query = query.where(calls.c.started >= since)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
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
                path=tuple(Step(step.node, step.key, step.at) for step in steps[row.id]),
                goals=tuple(goal.goal for goal in goals[row.id]),
                identification=tuple(one.outcome for one in identifications[row.id]),
                orders=tuple(one.order_id for one in ordered[row.id]),
                agents=tuple(AgentEvent(one.event, one.agent, one.at) for one in agents[row.id]),
            )
            for row in rows
        ]


def _state(call: Call) -> Mapping[str, Any]:
    return {
        "caller": call.caller,
        "release": call.release,
        "language": call.language.value if call.language else None,
        "subscriber": call.subscriber,
        "means": call.means.value if call.means else None,
        "node": call.node,
        "reason": call.reason,
    }


def _write_behind(
    connection: Connection, table: Table, call: str, kept: int, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Replace all but the ``kept`` first rows of a call."""
    mine = (table.c.call_id == call, table.c.position >= kept)
    connection.execute(delete(table).where(*mine))
    if rows:
        numbered = [
            {"call_id": call, "position": position, **row}
            for position, row in enumerate(rows, start=kept)
        ]
        connection.execute(insert(table), numbered)


def _add(connection: Connection, column: Column[Any], call: str, values: Iterable[str]) -> None:
    """Add what is not there yet, behind what is."""
    table = column.table
    assert isinstance(table, Table)
    count = connection.execute(
        select(func.count()).select_from(table).where(table.c.call_id == call)
    ).scalar_one()
    rows = [
        {"call_id": call, column.name: value, "position": count + position}
        for position, value in enumerate(values)
    ]
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)


_SLICE = 500
"""Ids in one query; SQLite bounds the parameters of a statement."""


def _of(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, list[Any]]:
    """The rows of each call, in their order."""
    call = table.c.call if "call" in table.c else table.c.call_id
    order = table.c.position if "position" in table.c else table.c.id
    found: dict[str, list[Any]] = {id: [] for id in ids}
    for start in range(0, len(ids), _SLICE):
        query = select(table).where(call.in_(ids[start : start + _SLICE])).order_by(call, order)
        for row in connection.execute(query):
            found[row._mapping[call]].append(row)
    return found

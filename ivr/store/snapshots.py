"""Journal entries of calls, written in batches, in any order, and repeatedly if need be.

A call that another worker resumes has a snapshot from each worker; the time when the worker took
the call tells them apart. A snapshot is written whole, whatever the database has already: the state
of the latest worker counts, and steps are in the order of the workers. So the order in which
snapshots arrive does not matter, and a repeated one changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, case

from ivr.domain.call import Call, CallOutcome
from ivr.domain.values import Language, Msisdn
from ivr.store.call_tables import (
    agent_events,
    call_goals,
    call_identifications,
    call_orders,
    call_steps,
    calls,
)
from ivr.store.tables import caller_languages
from ivr.store.upsert import insert_by

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    Insert = postgresql.Insert | sqlite.Insert

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallSnapshot:
    """What one worker knows of a call, when it took the call or at the call's end."""

    state: Row
    steps: Sequence[Row] = ()
    goals: Sequence[Row] = ()
    identifications: Sequence[Row] = ()
    orders: Sequence[Row] = ()

    @property
    def key(self) -> tuple[str, int]:
        return self.state["id"], self.state["taken"]


@dataclass(frozen=True, slots=True)
class AgentEventRow:
    """An event of a call in the agents' queue."""

    call: str
    event: str
    agent: str
    at: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        return self.call, self.event, self.agent


@dataclass(frozen=True, slots=True)
class CallerLanguage:
    """The language that a calling number chose."""

    caller: Msisdn
    language: Language

    @property
    def key(self) -> Msisdn:
        return self.caller


JournalWrite = CallSnapshot | AgentEventRow | CallerLanguage


class SnapshotWriter:
    """Makes the snapshots of one worker's calls."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, int]] = {}
        """By id of a resumed call: the counts of steps and identifications of earlier workers."""

    def begin(self, call: Call) -> CallSnapshot:
        if call.path or call.identification:
            self._told[call.id] = len(call.path), len(call.identification)
        return CallSnapshot(_state(call, None, None))

    def end(self, call: Call, outcome: CallOutcome, at: datetime) -> CallSnapshot:
        steps, identifications = self._told.pop(call.id, (0, 0))
        id, taken = call.id, taken_at(call.started)
        return CallSnapshot(
            _state(call, outcome, at),
            [
                _row(id, taken, place, node=step.node, key=step.key, at=step.at)
                for place, step in enumerate(call.path, -steps)
            ],
            [_row(id, taken, place, goal=goal) for place, goal in enumerate(call.goals)],
            [
                _row(id, taken, place, outcome=one)
                for place, one in enumerate(call.identification, -identifications)
            ],
            [_row(id, taken, place, order_id=order) for place, order in enumerate(call.orders)],
        )


def taken_at(started: datetime) -> int:
    """Return milliseconds since 1970. ValueError: the time has no zone."""
    if started.tzinfo is None:
        raise ValueError("a time without a time zone cannot be stored")
    return round(started.timestamp() * 1000)


def write(connection: Connection, entries: Iterable[JournalWrite]) -> None:
    """Write entries in a fixed order, so that two workers never deadlock."""
    sorts: dict[type, list[Any]] = {CallSnapshot: [], AgentEventRow: [], CallerLanguage: []}
    for entry in entries:
        sorts[type(entry)].append(entry)
    for each in sorts.values():
        each.sort(key=lambda entry: entry.key)
    snapshots: list[CallSnapshot] = sorts[CallSnapshot]
    to = _statements(connection.dialect.name)
    for table, rows in (
        (calls, [each.state for each in snapshots]),
        (call_steps, [row for each in snapshots for row in each.steps]),
        (call_goals, [row for each in snapshots for row in each.goals]),
        (call_identifications, [row for each in snapshots for row in each.identifications]),
        (call_orders, [row for each in snapshots for row in each.orders]),
        (agent_events, [_note(note) for note in sorts[AgentEventRow]]),
        (
            caller_languages,
            [
                {"caller": one.caller, "language": one.language.value}
                for one in sorts[CallerLanguage]
            ],
        ),
    ):
        if rows:
            connection.execute(to[table], rows)


def _row(id: str, taken: int, position: int, **values: Any) -> Row:
    return {"call_id": id, "taken": taken, "position": position, **values}


def _note(note: AgentEventRow) -> Row:
    return {"call": note.call, "event": note.event, "agent": note.agent, "at": note.at}


def _state(call: Call, outcome: CallOutcome | None, ended: datetime | None) -> Row:
    return {
        "id": call.id,
        "dialled": call.dialled,
        "started": call.started,
        "ended": ended,
        "outcome": outcome.value if outcome else None,
        "caller": call.caller,
        "release": call.release,
        "language": call.language.value if call.language else None,
        "subscriber": call.subscriber,
        "means": call.means.value if call.means else None,
        "node": call.node,
        "reason": call.reason,
        "taken": taken_at(call.started),
    }


@lru_cache(maxsize=2)
def _statements(dialect: str) -> dict[Table, Insert]:
    """Return the statements for a database. They are cached, so the driver can prepare them."""
    return {
        calls: _latest(insert_by(dialect, calls)),
        call_steps: insert_by(dialect, call_steps).on_conflict_do_nothing(),
        call_goals: _first(insert_by(dialect, call_goals), call_goals.c.goal),
        call_identifications: insert_by(dialect, call_identifications).on_conflict_do_nothing(),
        call_orders: _first(insert_by(dialect, call_orders), call_orders.c.order_id),
        agent_events: insert_by(dialect, agent_events).on_conflict_do_nothing(),
        caller_languages: _replaced(insert_by(dialect, caller_languages)),
    }


def _latest(statement: Insert) -> Insert:
    """On conflict keep the latest worker's state and the first worker's start."""
    new = statement.excluded
    later = new.taken >= calls.c.taken
    kept = {
        column.name: case((later, new[column.name]), else_=column)
        for column in calls.c
        if column.name not in ("id", "started")
    }
    started = case((new.started < calls.c.started, new.started), else_=calls.c.started)
    return statement.on_conflict_do_update(
        index_elements=[calls.c.id], set_={**kept, "started": started}
    )


def _first(statement: Insert, column: Column[str]) -> Insert:
    """On conflict keep the position of the earliest worker."""
    new, table = statement.excluded, column.table
    return statement.on_conflict_do_update(
        index_elements=[table.c.call_id, column],
        set_={"taken": new.taken, "position": new.position},
        where=table.c.taken > new.taken,
    )


def _replaced(statement: Insert) -> Insert:
    return statement.on_conflict_do_update(
        index_elements=[caller_languages.c.caller], set_={"language": statement.excluded.language}
    )

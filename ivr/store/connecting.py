"""New connections to PostgreSQL, given up as soon as the server is known to be away.

The driver cannot be called back from connecting to a server that does not answer, so it connects in
a thread of its own; a connection that comes too late is closed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from ivr.store.circuit import Circuit
from ivr.store.watch import SLOW

LOOK = 0.1
"""Seconds between two looks at the circuit."""


@dataclass(frozen=True)
class Connecting:
    """Makes the connections of an engine."""

    circuit: Circuit

    def attend(self, engine: Engine) -> None:
        event.listen(engine, "do_connect", self._connect)

    def _connect(
        self, dialect: Dialect, _record: ConnectionPoolEntry, args: list[Any], given: dict[str, Any]
    ) -> DBAPIConnection:
        making = _Making(dialect, args, given)
        threading.Thread(target=making.run, name="connecting", daemon=True).start()
        waited = 0.0
        while not making.ended.wait(LOOK):
            waited += LOOK
            if waited >= SLOW:
                self.circuit.suspect()
            if self.circuit.is_open:
                making.give_up()
                break
        return making.result()


@dataclass
class _Making:
    dialect: Dialect
    args: list[Any]
    given: dict[str, Any]
    ended: threading.Event = field(default_factory=threading.Event)
    _made: DBAPIConnection | None = None
    _error: Exception | None = None
    _given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        try:
            made = self.dialect.connect(*self.args, **self.given)
        except Exception as error:
            self._error = error
        else:
            with self._lock:
                self._made = made
                if self._given_up:
                    made.close()
        self.ended.set()

    def give_up(self) -> None:
        with self._lock:
            self._given_up = self._made is None

    def result(self) -> DBAPIConnection:
        if self._made is not None and not self._given_up:
            return self._made
        raise self._error or psycopg.OperationalError("the server is away")

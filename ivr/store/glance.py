"""Questions of one statement, for calls that can go on without an answer.

Asked of the driver, on a few connections of their own and without a transaction: what a call costs
is mostly what it passes through (docs/performance.md).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ivr.errors import TemporarilyUnavailable
from ivr.store.circuit import Circuit
from ivr.store.watch import Watch

SECONDS = 1.0
"""How long an answer, or the turn to ask, is waited for."""
CONNECTIONS = 4


@dataclass
class Glances:
    """Shared by all threads. TemporarilyUnavailable: no answer in time, or none at all."""

    engine: Engine
    watch: Watch
    circuit: Circuit
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(CONNECTIONS))
    _idle: list[tuple[int, Any]] = field(default_factory=list)
    """Connections, and how many times the circuit had opened when they were made."""

    @property
    def _lost(self) -> tuple[type[Exception], ...]:
        return self.engine.dialect.loaded_dbapi.Error, DBAPIError

    def ask(self, statement: str, *parameters: str) -> Sequence[Any]:
        """The rows of a statement whose parameters are written ``?``."""
        self.circuit.check()
        if not self._turns.acquire(timeout=SECONDS):
            raise TemporarilyUnavailable("database", "too many questions wait for it")
        try:
            self.circuit.check()
            return self._answer(statement, parameters)
        except self._lost as error:
            self.circuit.suspect()
            reason = str(error).split("\n")[0]
            raise TemporarilyUnavailable("database", reason) from error
        finally:
            self._turns.release()

    def close(self) -> None:
        """Give the connections back; more are made when they are needed."""
        while self._idle:
            self._idle.pop()[1].close()

    def _answer(self, statement: str, parameters: Sequence[str]) -> Sequence[Any]:
        kept = self._kept()
        if kept is not None:
            with suppress(*self._lost):  # its server may have been restarted since
                return self._on(kept, statement, parameters)
            self.circuit.check()
        return self._on(self._fresh(), statement, parameters)

    def _on(self, connection: Any, statement: str, parameters: Sequence[str]) -> Sequence[Any]:
        made = self.circuit.openings
        try:
            if isinstance(connection, sqlite3.Connection):
                rows: Sequence[Any] = connection.execute(statement, parameters).fetchall()
            else:
                with self.watch.over(connection, SECONDS):
                    sql = statement.replace("?", "%s")
                    rows = connection.execute(sql, parameters, prepare=True).fetchall()
        except BaseException:
            connection.close()
            raise
        self._idle.append((made, connection))
        return rows

    def _kept(self) -> Any | None:
        while True:
            try:
                made, connection = self._idle.pop()
            except IndexError:
                return None
            if made == self.circuit.openings:
                return connection
            connection.close()

    def _fresh(self) -> Any:
        """Made as all connections are, and taken out of the pool."""
        pooled = self.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if not isinstance(connection, sqlite3.Connection):
            connection.autocommit = True
        return connection

"""Kept connections are good when they are used: those whose server is gone are replaced before."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from ivr.errors import TemporarilyUnavailable
from ivr.store.circuit import Circuit
from ivr.store.watch import Watch

PING = 1
"""Seconds within which a kept connection shows that its server is there."""
REST = 1.0
"""Seconds for which a connection is believed to be good without asking."""


@dataclass(frozen=True)
class Freshness:
    """Listens to a pool of PostgreSQL connections."""

    dialect: Dialect
    watch: Watch
    circuit: Circuit

    def attend(self, engine: Engine) -> None:
        event.listen(engine, "connect", self._made)
        event.listen(engine, "checkin", self._rests)
        event.listen(engine, "checkout", self._taken)

    def _made(self, _connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["openings"] = self.circuit.openings
        record.info["used"] = time.monotonic()

    def _rests(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    def _taken(
        self, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object
    ) -> None:
        """As pool_pre_ping, but bounded, and only for what was not used a moment ago."""
        if record.info["openings"] != self.circuit.openings:
            raise DisconnectionError
        asked = time.monotonic()
        if asked - record.info["used"] < REST or self._answers(connection):
            return
        if time.monotonic() - asked >= PING:
            self.circuit.suspect()
            raise TemporarilyUnavailable("database", f"no answer within {PING} s")
        raise InvalidatePoolError

    def _answers(self, connection: DBAPIConnection) -> bool:
        assert isinstance(connection, psycopg.Connection)
        try:
            with self.watch.over(connection, PING):
                return self.dialect.do_ping(connection)
        except psycopg.Error:
            return False

"""A database that answers quickly or says that it does not.

Every transaction is short. Reading and writing are told apart, because SQLite has one writer: a
writing transaction takes the lock when it begins, so that what it has read is still true when it
writes. On PostgreSQL rows are locked where that matters.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InvalidatePoolError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeout,
)
from sqlalchemy.pool import QueuePool

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store.watch import watched

DEADLINE = 3
"""Seconds that connecting, waiting for a lock, or one statement may take."""
PING = 1
"""Seconds within which a kept connection shows that its server is there."""
POOL = 10
"""Connections kept; as many again are opened under load."""
_OURS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)
"""Errors that a database which is well gives to a wrong program: never "unavailable"."""


def read_url(text: str) -> URL:
    """The URL of a database; Unusable if it is none, or of a kind that is not served."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise Unusable(
            "IVR_DATABASE_URL is not a database URL; it looks like sqlite:////var/lib/ivr/ivr.sqlite"
            " or postgresql+psycopg://user:password@host/name"
        ) from None
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database == ":memory:":
            raise Unusable("IVR_DATABASE_URL names no file; write sqlite:////path/to/ivr.sqlite")
        return url.set(drivername="sqlite+pysqlite")
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise Unusable(
        f"IVR_DATABASE_URL: databases of kind {url.drivername!r} are not served;"
        " use sqlite:///… or postgresql+psycopg://…"
    )


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_engine(url: URL) -> Engine:
    """Pooled connections with deadlines; nothing is connected yet."""
    pool: dict[str, Any] = {
        "pool_size": POOL,
        "max_overflow": POOL,
        "pool_timeout": DEADLINE,
        "hide_parameters": True,
    }
    if file_of(url) is not None:
        engine = create_engine(url, connect_args={"timeout": DEADLINE}, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    milliseconds = DEADLINE * 1000
    options = {
        "connect_timeout": DEADLINE,
        "application_name": "ivr",
        "tcp_user_timeout": milliseconds,
        "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
        " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
    }
    given = {name: value for name, value in options.items() if name not in url.query}
    engine = create_engine(url, connect_args=given, **pool)
    event.listen(engine, "checkout", partial(_ping, engine.dialect))
    return engine


@dataclass(frozen=True, slots=True)
class Usage:
    """How a database is used just now."""

    in_use: int
    """Connections, of ``size`` at most."""
    size: int


class Database:
    """One database, in short transactions. Any of them may raise TemporarilyUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # A command ends without a word; its connections are given back all the same.
        weakref.finalize(self, engine.dispose)
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing."""
        with self._bounded(self.engine, DEADLINE) as connection:
            yield connection

    @contextmanager
    def writing(self, seconds: int = DEADLINE) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all; ``seconds`` bounds each statement."""
        with self._bounded(self._writer, seconds) as connection:
            yield connection

    @contextmanager
    def _bounded(self, engine: Engine, seconds: int) -> Iterator[Connection]:
        with (
            answered(),
            engine.connect() as connection,
            watched(connection.connection.driver_connection, seconds + 1),
            connection.begin(),
        ):
            if seconds != DEADLINE and connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000}")
            yield connection

    @contextmanager
    def gathering(self, seconds: int) -> Iterator[Connection]:
        """A long writing transaction that touches shared tables only at its end.

        It takes no lock when it begins, so that others go on writing meanwhile.
        """
        with self._bounded(self.engine, seconds) as connection:
            yield connection

    def usage(self) -> Usage:
        """For who watches over it. Asks nothing of the database."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return Usage(pool.checkedout(), 2 * POOL)

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def answered() -> Iterator[None]:
    """Turns "no answer", in each of its forms, into TemporarilyUnavailable."""
    try:
        yield
    except PoolTimeout:
        raise TemporarilyUnavailable("database", "all its connections are in use") from None
    except DBAPIError as error:
        of_database = isinstance(error, (DatabaseError, InterfaceError))
        if not error.connection_invalidated and (isinstance(error, _OURS) or not of_database):
            raise
        raise TemporarilyUnavailable("database", first_line(error.orig)) from error


def first_line(error: BaseException | None) -> str:
    """What a driver says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _ping(dialect: Dialect, connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """As pool_pre_ping, but bounded: a kept connection of a server that is gone is replaced."""
    assert isinstance(connection, psycopg.Connection)
    try:
        with watched(connection, PING):
            alive = dialect.do_ping(connection)
    except psycopg.Error:
        alive = False
    if not alive:
        raise InvalidatePoolError


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

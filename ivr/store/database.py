"""Access to a database in short transactions with deadlines.

Reading and writing transactions are separate, because SQLite has one writer. A writing transaction
takes the lock when it begins, so that what it has read is still true when it writes. On PostgreSQL
the repositories lock rows where that matters.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVarTuple

from sqlalchemy import Connection, Engine, QueuePool, Row, Select, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeout,
)

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.system.breaker import BreakerState

if TYPE_CHECKING:
    from ivr.store.postgres import PostgresPool

Ts = TypeVarTuple("Ts")
DEADLINE = 3
"""Limit in seconds for a statement, and for waiting for a connection or a lock."""
STATEMENT = 600
"""Limit in seconds for a statement of an import."""
FOR_OTHERS = 60
"""Limit in seconds for an import's wait for locks, such as those of another import."""
ASK_SECONDS = 1.0
"""Limit in seconds for a query whose answer a call can do without."""
CONNECTIONS = 20
"""Most connections of one process."""
KEPT = 10
"""Most idle connections to SQLite that are kept open."""
_JOINED: ContextVar[tuple[Database | None, Connection | None]]
_JOINED = ContextVar("joined", default=(None, None))
"""The transaction that repositories join, and its database."""
_OURS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)
"""Errors that a programming mistake causes: they never mean "unavailable"."""


def read_url(text: str) -> URL:
    """Parse a database URL. Raise Unusable if it is none, or of an unsupported database."""
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
        f"IVR_DATABASE_URL: databases of kind {url.drivername!r} are not supported; use"
        " sqlite:///… or postgresql+psycopg://…"
    )


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite database; None for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_engine(url: URL) -> Engine:
    """Return an engine with pooled connections and deadlines. It does not connect yet."""
    if file_of(url) is None:
        from ivr.store.postgres import postgres_engine  # SQLite needs no PostgreSQL driver

        return postgres_engine(url, CONNECTIONS, DEADLINE)
    engine = create_engine(
        url,
        connect_args={"timeout": DEADLINE},
        pool_size=KEPT,
        max_overflow=CONNECTIONS - KEPT,
        pool_timeout=DEADLINE,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@dataclass(frozen=True, slots=True)
class Usage:
    """The present use of a database."""

    in_use: int
    """Connections in use, at most ``size``."""
    size: int
    is_away: bool
    """The server does not answer: every transaction fails at once."""


class Database:
    """One database, used in short transactions. Each may raise TemporarilyUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # Commands end without calling close(): the finalizer closes their connections.
        weakref.finalize(self, engine.dispose)
        self._postgres: PostgresPool | None = engine.get_execution_options().get("pool")
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        self._asker = engine.execution_options(begin="")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One writing transaction for several repositories, kept whole or not at all.

        What reads and writes this database within it, in the same thread, joins it; ``ask`` and
        imports do not. All statements together have DEADLINE seconds. Ask no network within it.
        """
        with self.writing() as connection:
            joined = _JOINED.set((self, connection))
            try:
                yield
            finally:
                _JOINED.reset(joined)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that changes nothing."""
        with self._transaction(self.engine, DEADLINE) as connection:
            yield connection

    def ask(self, query: Select[*Ts], **parameters: str) -> Sequence[Row[*Ts]]:
        """Return the rows of a short query that a call can do without.

        The query runs outside any transaction. TemporarilyUnavailable: no answer within
        ASK_SECONDS.
        """
        with self._connected(self._asker, ASK_SECONDS) as connection:
            if self._postgres:
                self._postgres.commit_each(connection)
            return connection.execute(query, parameters).all()

    @contextmanager
    def writing(self, seconds: int = DEADLINE) -> Iterator[Connection]:
        """Open a writing transaction; ``seconds`` is the limit for each statement."""
        with self._transaction(self._writer, seconds) as connection:
            yield connection

    @contextmanager
    def importing(self, *, is_writing: bool = False) -> Iterator[Connection]:
        """Open a writing transaction without a limit on its total time, such as an import.

        Each statement may take STATEMENT seconds and wait FOR_OTHERS seconds for locks. Unless
        ``is_writing``, the transaction takes no lock when it begins, so that others can write in
        the meantime; it should write to shared tables only at its end.
        """
        engine = self._writer if is_writing else self.engine
        with self._connected(engine, DEADLINE + 1) as connection, connection.begin():
            if self._postgres:
                connection.exec_driver_sql(
                    f"SET LOCAL statement_timeout = {STATEMENT * 1000};"
                    f"SET LOCAL lock_timeout = {FOR_OTHERS * 1000};"
                    "SET LOCAL idle_in_transaction_session_timeout = 0"
                )
                self._postgres.bound(connection, STATEMENT + 1)
            yield connection

    @contextmanager
    def _transaction(self, engine: Engine, seconds: int) -> Iterator[Connection]:
        """Open a transaction with a limit of ``seconds`` for each statement on the server.

        This process waits one second longer, for all statements together. It gives up a server
        that does not enforce its own limit.
        """
        database, joined = _JOINED.get()
        if joined is not None and database is self:
            yield joined
            return
        with self._connected(engine, seconds + 1) as connection, connection.begin():
            if seconds != DEADLINE and self._postgres:
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000}")
            yield connection

    @contextmanager
    def _connected(self, engine: Engine, seconds: float) -> Iterator[Connection]:
        """Open a connection whose answers may take ``seconds`` in total (PostgreSQL only).

        SQLite enforces its own limits.
        """
        with answered(), engine.connect() as connection:
            if self._postgres:
                self._postgres.bound(connection, seconds, seconds)
            yield connection

    def usage(self) -> Usage:
        """Return the present use, for monitoring. Sends no query."""
        if self._postgres:
            is_away = self._postgres.breaker.state is not BreakerState.CLOSED
            return Usage(self._postgres.in_use, self._postgres.size, is_away)
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return Usage(pool.checkedout(), CONNECTIONS, is_away=False)

    def close(self) -> None:
        """Close all connections. The database can be used again afterwards."""
        self.engine.dispose()


@contextmanager
def answered() -> Iterator[None]:
    """Turn each form of "no answer" into TemporarilyUnavailable."""
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
    """Return the first line of a driver's error message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # _begin_sqlite begins transactions, not the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if statement := connection.get_execution_options().get("begin", "BEGIN"):
        connection.exec_driver_sql(statement)

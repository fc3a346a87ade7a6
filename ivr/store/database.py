"""A database that answers quickly or says that it does not.

Every transaction is short. Reading and writing are told apart, because SQLite has one writer: a
writing transaction takes the lock when it begins, so that what it has read is still true when it
writes. On PostgreSQL rows are locked where that matters.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
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
from ivr.store.circuit import Circuit, Gate, is_full
from ivr.store.glance import Glances
from ivr.store.watch import SLOW, Watch

DEADLINE = 3
"""Seconds that waiting for a connection or a lock, or one statement, may take."""
STATEMENT = 600
"""Seconds that a statement of an import may take."""
FOR_OTHERS = 60
"""Seconds that an import waits for the locks of others, such as another import."""
CONNECTING = 2
"""Seconds that connecting may take: the least that the driver knows."""
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
        "connect_timeout": CONNECTING,
        "application_name": "ivr",
        "tcp_user_timeout": milliseconds,
        "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
        " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
    }
    given = {name: value for name, value in options.items() if name not in url.query}
    return create_engine(url, connect_args=given, **pool)


@dataclass(frozen=True, slots=True)
class Usage:
    """How a database is used just now."""

    in_use: int
    """Connections, of ``size`` at most."""
    size: int
    is_away: bool
    """Its server does not answer: everything that needs it fails at once."""


@dataclass(frozen=True)
class Gathering:
    """A long transaction: each of its statements is bounded, not the whole."""

    connection: Connection
    bounded: Callable[[], AbstractContextManager[None]]
    """Bounds what the driver is asked directly, as for a COPY."""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Bound each statement that goes through SQLAlchemy."""
        running = ExitStack()

        def begin(*_args: object) -> None:
            running.enter_context(self.bounded())

        def end(*_args: object) -> None:
            running.close()

        event.listen(self.connection, "before_cursor_execute", begin)
        event.listen(self.connection, "after_cursor_execute", end)
        try:
            yield
        finally:
            running.close()


class Database:
    """One database, in short transactions. Any of them may raise TemporarilyUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # A command ends without a word; its connections are given back all the same.
        weakref.finalize(self, engine.dispose)
        self._watch = Watch()
        self._circuit = Circuit()
        if engine.dialect.name == "postgresql":
            # These need the driver, which a command on SQLite should not wait for.
            from ivr.store.connecting import Connecting
            from ivr.store.freshness import Freshness
            from ivr.store.reach import conninfo_of, reach

            self._circuit = Circuit(partial(reach, conninfo_of(engine)), self._watch.release)
            self._watch.slow = self._circuit.suspect
            Connecting(self._circuit).attend(engine)
            Freshness(engine.dialect, self._watch, self._circuit).attend(engine)
        self._gate = Gate(2 * POOL, self._circuit)
        self._writer = engine.execution_options(writes=True)
        self._glances = Glances(engine, self._watch, self._circuit)
        weakref.finalize(self, self._glances.close)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing."""
        with self._bounded(self.engine, DEADLINE) as connection:
            yield connection

    def glance(self, statement: str, *parameters: str) -> Sequence[Any]:
        """The rows of one statement that reads, parameters written ``?``: for who cannot wait."""
        return self._glances.ask(statement, *parameters)

    @contextmanager
    def writing(self, seconds: int = DEADLINE) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all; ``seconds`` bounds each statement."""
        with self._bounded(self._writer, seconds) as connection:
            yield connection

    @contextmanager
    def _bounded(self, engine: Engine, seconds: int) -> Iterator[Connection]:
        with (
            self._watched(engine, seconds + 1) as connection,
            connection.begin(),
        ):
            if seconds != DEADLINE and connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000}")
            yield connection

    @contextmanager
    def _watched(self, engine: Engine, seconds: float) -> Iterator[Connection]:
        """A connection, used for ``seconds`` at most."""
        with (
            self._answered(),
            self._gate.passing(DEADLINE, SLOW),
            self._connect(engine) as connection,
            self._watch.over(connection.connection.driver_connection, seconds),
        ):
            self._circuit.check()
            yield connection

    def _connect(self, engine: Engine) -> Connection:
        try:
            return engine.connect()
        except DatabaseError as error:
            reason = first_line(error.orig)
            if not self._is_local and not is_full(reason):
                self._circuit.open(reason)
            raise

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            with answered():
                yield
        except TemporarilyUnavailable as error:
            lost = error.__cause__
            if isinstance(lost, DBAPIError) and lost.connection_invalidated and not self._is_local:
                self._circuit.suspect()
            raise

    @property
    def _is_local(self) -> bool:
        """A file is never away; it is locked, full or broken, and says so itself."""
        return file_of(self.engine.url) is not None

    @contextmanager
    def gathering(self, *, is_writing: bool = False) -> Iterator[Gathering]:
        """A writing transaction without a bound on its whole time, such as an import.

        Each of its statements has ``STATEMENT`` seconds, and waits ``FOR_OTHERS`` seconds for
        locks; who finds the server too busy to answer does not end it. Unless ``is_writing`` it
        takes no lock when it begins, so that others go on writing meanwhile: it should touch
        shared tables only at its end.
        """
        engine = self._writer if is_writing else self.engine
        with (
            self._answered(),
            self._gate.passing(DEADLINE, SLOW),
            self._connect(engine) as connection,
        ):
            self._circuit.check()
            driver = connection.connection.driver_connection
            gathering = Gathering(connection, partial(self._watch.alone, driver, STATEMENT + 1))
            with gathering.watched(), connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(
                        f"SET LOCAL statement_timeout = {STATEMENT * 1000};"
                        f"SET LOCAL lock_timeout = {FOR_OTHERS * 1000};"
                        "SET LOCAL idle_in_transaction_session_timeout = 0"
                    )
                yield gathering

    def usage(self) -> Usage:
        """For who watches over it. Asks nothing of the database."""
        return Usage(self._gate.inside, self._gate.places, self._circuit.is_open)

    def close(self) -> None:
        self._circuit.close()
        self._glances.close()
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


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

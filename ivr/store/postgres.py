"""Connections to PostgreSQL: psycopg's pool with a breaker and a time-out for each wait.

The server ends a slow statement, TCP detects a lost host, the pool ends the wait for a free
connection. While the server is away, the breaker fails each request immediately. Only a failed
connection attempt opens the breaker, so a busy database does not count as an outage.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import structlog
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL

from ivr.errors import TemporarilyUnavailable
from ivr.system.breaker import Breaker, BreakerOpen, BreakerState

log = structlog.get_logger()
# The pool warns of each failed connection. The breaker logs an outage once.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)

CONNECTING = 2
"""Limit in seconds for connecting: the driver's minimum."""
CHECK_AFTER = 1.0
"""Seconds after which an idle connection is checked before it is used."""
CHECK_SECONDS = 1.0
"""Limit in seconds for the answer to a check."""
MAX_IDLE = 60.0
"""Seconds after which the pool closes one of the unused connections."""
REST = 0.2
"""Seconds between two tries to reach a server that is away."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection with a limit for the wait for a server that hangs.

    A stopped server that keeps its connections (SIGSTOP, a paused machine, a disk that hangs)
    still acknowledges what it receives. Neither its own time-outs nor those of TCP end the wait.
    """

    seconds = CHECK_SECONDS
    """Limit in seconds for one answer."""
    deadline = math.inf
    """Time limit for the last answer, in seconds of time.monotonic."""
    answered = 0.0
    """Time of the last answer, in seconds of time.monotonic."""

    @classmethod
    def connect(  # type: ignore[override]
        cls, conninfo: str = "", *, failed: Callable[[psycopg.Error], None], **given: Any
    ) -> BoundedConnection:
        """Connect as psycopg does. Pass an error to ``failed``: the pool does not report it."""
        try:
            return super().connect(conninfo, **given)
        except psycopg.Error as error:
            failed(error)
            raise

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is None:
            timeout = max(min(self.seconds, self.deadline - time.monotonic()), 0.0)
        try:
            answer = super().wait(gen, interval, timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # not usable any more: the answer may still arrive
                raise psycopg.OperationalError(f"no answer within {timeout:.1f} s") from None
            raise
        self.answered = time.monotonic()
        return answer

    def add_notice_handler(self, callback: Any) -> None:
        """Do nothing: SQLAlchemy adds a handler at each checkout and never removes one."""


class _Pool(ConnectionPool[BoundedConnection]):
    error: psycopg.Error | None = None
    """Why the pool was closed: the server cannot be reached."""


class PostgresPool:
    """The connections of one engine. Creates a pool on demand and replaces it after an outage.

    So no thread gets a connection from before the outage, and threads that wait for one stop
    waiting.
    """

    def __init__(self, size: int, seconds: float) -> None:
        """``size``: most connections. ``seconds``: limit for the wait for a connection."""
        self.size = size
        self.given: dict[str, Any] = {}
        """Arguments of the driver's ``connect``."""
        self.breaker = Breaker(1, REST, REST, changed=self._tell)
        self._seconds = seconds
        self._pool: _Pool | None = None
        self._lock = threading.Lock()
        self._reason = ""
        """Why the last connection could not be made."""
        self._since: float | None = None
        """Start of the outage that was logged, in seconds of time.monotonic."""
        self._is_tried = False

    @property
    def in_use(self) -> int:
        """Connections that are in use or being opened."""
        pool = self._pool
        if pool is None:
            return 0
        stats = pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    def take(self) -> BoundedConnection:
        """Return a connection whose server has just answered; its ``close`` gives it back.

        TemporarilyUnavailable: no connection was free in time, or the server is away.
        psycopg.Error: the server cannot be reached.
        """
        try:
            with self.breaker.passing(TemporarilyUnavailable):
                return self._take(time.monotonic() + self._seconds)
        except BreakerOpen:
            raise TemporarilyUnavailable("database", self._reason) from None

    def close(self) -> None:
        """Close all connections; new ones are opened on demand."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(CHECK_SECONDS)

    @staticmethod
    def bound(connection: Connection, answer: float, whole: float = math.inf) -> None:
        """Set the limits in seconds for each answer on a connection and for all together."""
        driver = _driver_of(connection)
        driver.seconds, driver.deadline = answer, time.monotonic() + whole

    @staticmethod
    def commit_each(connection: Connection) -> None:
        """Switch a connection to autocommit until it is given back."""
        _driver_of(connection).autocommit = True

    def _take(self, until: float) -> BoundedConnection:
        while True:
            pool = self._opened()
            try:
                connection = pool.getconn(until - time.monotonic())
            except PoolClosed:
                if pool.error is not None:
                    raise pool.error.with_traceback(None) from None
                continue  # another thread found a lost connection and replaced the pool
            except PoolTimeout:
                raise TemporarilyUnavailable("database", "all its connections are in use") from None
            if _answers(connection):
                return connection
            self._replace(pool)
            connection.close()

    def _opened(self) -> _Pool:
        with self._lock:
            if self._pool is None:
                pool = _Pool(
                    connection_class=BoundedConnection,
                    min_size=0,
                    max_size=self.size,
                    open=False,
                    close_returns=True,
                    max_idle=MAX_IDLE,
                    reconnect_timeout=0,
                )
                pool.kwargs = {**self.given, "failed": partial(self._failed, pool)}
                pool.open()
                self._pool = pool
            return self._pool

    def _failed(self, pool: _Pool, error: psycopg.Error) -> None:
        """Note a failed connection, and close the pool unless the server is only full.

        So the threads that wait for a connection stop waiting.
        """
        self._reason = str(error).strip().partition("\n")[0]
        if not is_full(self._reason):
            pool.error = error
            self._replace(pool)

    def _replace(self, pool: _Pool) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        # Closing a pool waits for the pool's threads, and this may be one of them.
        threading.Thread(target=pool.close, args=(0,), daemon=True).start()

    def _tell(self, state: BreakerState) -> None:
        """Log an outage after a second failure. A command that a person runs ends earlier."""
        now = time.monotonic()
        match state:
            case BreakerState.OPEN if self._is_tried and self._since is None:
                self._since = now
                log.error("the database is unreachable", reason=self._reason)
            case BreakerState.CLOSED if self._since is not None:
                log.warning("the database is back", seconds=round(now - self._since, 1))
                self._since = None
            case _:
                pass
        self._is_tried = state is BreakerState.HALF_OPEN


def postgres_engine(url: URL, size: int, seconds: int) -> Engine:
    """Return an engine on a PostgresPool, which is the execution option ``pool``."""
    pool = PostgresPool(size, seconds)
    engine = create_engine(
        url,
        poolclass=NullPool,
        creator=pool.take,
        hide_parameters=True,
        use_native_hstore=False,
        execution_options={"pool": pool},
    )
    event.listen(engine, "engine_disposed", lambda _engine: pool.close())
    milliseconds = seconds * 1000
    pool.given = {
        "connect_timeout": CONNECTING,
        "application_name": "ivr",
        "tcp_user_timeout": milliseconds,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
        " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        **engine.dialect.create_connect_args(url)[1],
    }
    return engine


def is_full(reason: str) -> bool:
    """Tell whether PostgreSQL runs but has no free connection (SQLSTATE 53300)."""
    return "too many c" in reason or "connection slots" in reason


def _driver_of(connection: Connection) -> BoundedConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, BoundedConnection)
    return driver


def _answers(connection: BoundedConnection) -> bool:
    """Tell whether the server of an idle connection still answers.

    Send no query if it answered less than CHECK_AFTER seconds ago.
    """
    connection.seconds, connection.deadline = CHECK_SECONDS, math.inf
    if connection.autocommit:
        connection.autocommit = False
    if time.monotonic() - connection.answered < CHECK_AFTER:
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True

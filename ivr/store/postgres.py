"""Connections to PostgreSQL: psycopg's pool, with a breaker before it and a time-out on each wait.

The server ends a slow statement, TCP a lost host, the pool a wait for a free connection. A breaker
answers at once while the server is away; only a connection that cannot be made opens it. A busy
database is therefore never taken for one that is gone.
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
# It warns of each connection that fails. The breaker says once that the database is away.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)

CONNECTING = 2
"""Seconds that connecting may take: the least that the driver knows."""
CHECK_AFTER = 1.0
"""Seconds after which an idle connection is checked before it is used."""
CHECK_SECONDS = 1.0
"""How long the answer to a check is waited for."""
MAX_IDLE = 60.0
"""Seconds after which the pool closes one of the connections that nobody needs."""
REST = 0.2
"""Seconds between two tries to reach a server that is away."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up a server which stands still.

    A server that is stopped but holds its connections (SIGSTOP, a paused machine, a disk that
    hangs) acknowledges what it is sent. Neither its own time-outs nor those of TCP end the wait.
    """

    seconds = CHECK_SECONDS
    """How long one answer may take."""
    deadline = math.inf
    """When the last answer must be there, in seconds of time.monotonic."""
    answered = 0.0
    """When the last answer came, likewise."""

    @classmethod
    def connect(  # type: ignore[override]
        cls, conninfo: str = "", *, failed: Callable[[psycopg.Error], None], **given: Any
    ) -> BoundedConnection:
        """As psycopg's. ``failed`` is told of an error, which the pool keeps to itself."""
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
                self.pgconn.finish()  # nobody can use it: the answer may still come
                raise psycopg.OperationalError(f"no answer within {timeout:.1f} s") from None
            raise
        self.answered = time.monotonic()
        return answer

    def add_notice_handler(self, callback: Any) -> None:
        """Add none: SQLAlchemy adds one whenever it takes the connection, and removes none."""


class _Pool(ConnectionPool[BoundedConnection]):
    error: psycopg.Error | None = None
    """Why it was closed: the server cannot be reached."""


class PostgresPool:
    """The connections of one engine. A pool is made when one is needed, and replaced after an
    outage: nobody gets a connection of before, and whoever waits for one is let go."""

    def __init__(self, size: int, seconds: float) -> None:
        """``size``: connections at most. ``seconds``: how long one is waited for."""
        self.size = size
        self.given: dict[str, Any] = {}
        """Arguments of the driver's connect."""
        self.breaker = Breaker(1, REST, REST, changed=self._tell)
        self._seconds = seconds
        self._pool: _Pool | None = None
        self._lock = threading.Lock()
        self._reason = ""
        """Why the last connection could not be made."""
        self._since: float | None = None
        """When the outage that is in the log was noted."""
        self._is_tried = False

    @property
    def in_use(self) -> int:
        """Connections that are used or being made."""
        pool = self._pool
        if pool is None:
            return 0
        stats = pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    def take(self) -> BoundedConnection:
        """A connection whose server has just answered; its ``close`` gives it back.

        TemporarilyUnavailable: none was free in time, or the server is away. psycopg.Error: it
        cannot be reached.
        """
        try:
            with self.breaker.passing(TemporarilyUnavailable):
                return self._take(time.monotonic() + self._seconds)
        except BreakerOpen:
            raise TemporarilyUnavailable("database", self._reason) from None

    def close(self) -> None:
        """Close all connections; more are made when they are needed."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(CHECK_SECONDS)

    @staticmethod
    def bound(connection: Connection, answer: float, whole: float = math.inf) -> None:
        """Bound, in seconds, each answer on a connection and all of them together."""
        driver = _driver_of(connection)
        driver.seconds, driver.deadline = answer, time.monotonic() + whole

    @staticmethod
    def commit_each(connection: Connection) -> None:
        """Begin no transaction on a connection until it is given back."""
        _driver_of(connection).autocommit = True

    def _take(self, until: float) -> BoundedConnection:
        while True:
            pool = self._opened()
            try:
                connection = pool.getconn(until - time.monotonic())
            except PoolClosed:
                if pool.error is not None:
                    raise pool.error.with_traceback(None) from None
                continue  # another thread has found a lost connection in it
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
        """A connection cannot be made: nobody waits for one any longer."""
        self._reason = str(error).strip().partition("\n")[0]
        if not is_full(self._reason):
            pool.error = error
            self._replace(pool)

    def _replace(self, pool: _Pool) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        # A pool waits for its own threads when it is closed, and this may be one of them.
        threading.Thread(target=pool.close, args=(0,), daemon=True).start()

    def _tell(self, state: BreakerState) -> None:
        """Log an outage once it has lasted: a command of people ends before."""
        now = time.monotonic()
        match state:
            case BreakerState.OPEN if self._is_tried and self._since is None:
                self._since = now
                log.error("the database is away", reason=self._reason)
            case BreakerState.CLOSED if self._since is not None:
                log.warning("the database is back", seconds=round(now - self._since, 1))
                self._since = None
            case _:
                pass
        self._is_tried = state is BreakerState.HALF_OPEN


def postgres_engine(url: URL, size: int, seconds: int) -> Engine:
    """An engine on a PostgresPool, which is its execution option ``pool``."""
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
    """PostgreSQL is there, and has no connection left for us (53300)."""
    return "too many c" in reason or "connection slots" in reason


def _driver_of(connection: Connection) -> BoundedConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, BoundedConnection)
    return driver


def _answers(connection: BoundedConnection) -> bool:
    """Whether the server of an idle connection is still there. One that was used a moment ago is
    believed."""
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

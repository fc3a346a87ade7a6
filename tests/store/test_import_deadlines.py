"""An import has no bound on its whole time, and each of its statements has one (PostgreSQL)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store import Store, open_database
from ivr.store.database import DEADLINE, STATEMENT
from ivr.store.importing import import_rows
from ivr.store.postgres import BoundedConnection
from ivr.store.rows import Row
from ivr.testing.acting import by
from tests.postgres import Postgres
from tests.store.rows import PEPPER, row

ONE = text("SELECT 1")


def driver_of(connection: Connection) -> BoundedConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, BoundedConnection)
    return driver


@pytest.fixture
def own(postgres: Postgres, migrated_postgres: str) -> Iterator[Store]:
    store = open_database(postgres.url(postgres.create(migrated_postgres)), PEPPER)
    yield store
    store.close()


def test_the_whole_has_no_bound(own: Store) -> None:
    with own.database.importing() as connection:
        for _ in range(3):
            assert connection.execute(ONE).scalar_one() == 1
        driver = driver_of(connection)
        assert (driver.seconds, driver.deadline) == (STATEMENT + 1, math.inf)
        connection.execute(text("CREATE TABLE kept AS SELECT 1 AS one"))
    with own.database.reading() as connection:
        assert connection.execute(text("SELECT one FROM kept")).scalar_one() == 1
        driver = driver_of(connection)
        assert driver.deadline - time.monotonic() < DEADLINE + 1


def test_a_statement_has_one(own: Store) -> None:
    def sleep() -> None:
        with own.database.importing() as connection:
            driver_of(connection).seconds = 0.1
            connection.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(TemporarilyUnavailable, match=r"no answer within 0.1 s"):
        sleep()
    with own.database.reading() as connection:
        assert connection.execute(ONE).scalar_one() == 1


def test_the_server_has_the_same_bound(own: Store) -> None:
    with own.database.importing() as connection:
        shown = connection.execute(text("SHOW statement_timeout")).scalar_one()
    assert shown == f"{STATEMENT // 60}min"
    with own.database.reading() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "3s"


def test_others_who_find_the_server_away_do_not_end_it(own: Store) -> None:
    """A server that is busy with an import may be slow to let somebody in."""
    pool = own.database.engine.get_execution_options()["pool"]
    with own.database.importing() as connection:
        with pytest.raises(psycopg.OperationalError), pool.breaker.passing():
            raise psycopg.OperationalError("connection timeout expired")
        with pytest.raises(TemporarilyUnavailable), own.database.reading():
            raise AssertionError("it was let through")
        assert connection.execute(ONE).scalar_one() == 1


def test_an_import_beside_another_is_refused_by_its_cause(own: Store) -> None:
    def rows() -> Iterator[Row]:
        with pytest.raises(Unusable, match="another import of subscribers is running"):
            import_rows(own.database, [row()], PEPPER, by("clerk"))
        yield row()

    assert import_rows(own.database, rows(), PEPPER, by("clerk")).rows == 1

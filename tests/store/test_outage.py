"""A database that does not answer is said to be away quickly, and used again when it is back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store import Store, migrate, open_database
from ivr.store.database import DEADLINE, PING, make_engine, read_url
from tests.postgres import Postgres
from tests.store.rows import NUMBER, PEPPER

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
QUICKLY = 3 * DEADLINE + PING
"""Seconds; a caller hears that something is wrong before that."""


@pytest.fixture
def own(postgres: Postgres, migrated_postgres: str) -> Iterator[Store]:
    """A store on a PostgreSQL that a test may stop; it runs again afterwards."""
    store = open_database(postgres.url(postgres.create(migrated_postgres)), PEPPER)
    yield store
    store.close()


class TestPostgres:
    def test_a_stopped_server_is_away_and_used_again(self, own: Store, postgres: Postgres) -> None:
        assert own.subscribers.find(NUMBER) is None
        postgres.stop()
        try:
            began = time.monotonic()
            with pytest.raises(TemporarilyUnavailable, match="database"):
                own.subscribers.find(NUMBER)
            assert time.monotonic() - began < QUICKLY
        finally:
            postgres.start()
        assert own.subscribers.find(NUMBER) is None

    def test_a_server_killed_in_a_transaction_keeps_nothing_of_it(
        self, own: Store, postgres: Postgres
    ) -> None:
        def write() -> None:
            with own.database.writing() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO caller_languages VALUES ('99361000000', 'tk')"
                )
                postgres.stop()
                postgres.start()

        with pytest.raises(TemporarilyUnavailable):
            write()
        with own.database.reading() as connection:
            left = connection.exec_driver_sql("SELECT count(*) FROM caller_languages")
            assert left.scalar_one() == 0

    def test_a_frozen_server_is_away_and_used_again(self, own: Store, postgres: Postgres) -> None:
        assert own.subscribers.find(NUMBER) is None
        with postgres.frozen():
            began = time.monotonic()
            with pytest.raises(TemporarilyUnavailable, match="database"):
                own.subscribers.find(NUMBER)
            assert time.monotonic() - began < QUICKLY
        assert own.subscribers.find(NUMBER) is None

    def test_a_server_that_freezes_in_a_transaction_is_given_up(
        self, own: Store, postgres: Postgres
    ) -> None:
        def read() -> None:
            with own.database.reading() as connection, postgres.frozen():
                connection.exec_driver_sql("SELECT 1")

        with pytest.raises(TemporarilyUnavailable):
            read()
        assert own.subscribers.find(NUMBER) is None

    def test_a_slow_statement_is_ended(self, own: Store) -> None:
        with pytest.raises(TemporarilyUnavailable), own.database.reading() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(60)")

    def test_a_missing_database_is_named_at_the_start(self, postgres: Postgres) -> None:
        with pytest.raises(Unusable, match=r"does not exist; mend it or IVR_DATABASE_URL"):
            migrate(postgres.url("nowhere"))

    def test_a_database_of_something_else_is_refused(self, postgres: Postgres) -> None:
        url = postgres.url(postgres.create())
        engine = make_engine(read_url(url))
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE orders (pizza text)")
        engine.dispose()
        with pytest.raises(Unusable, match="already exists; mend it or IVR_DATABASE_URL"):
            migrate(url)

    def test_a_server_that_is_away_at_the_start_is_said_to_be(self, tmp_path: Path) -> None:
        with pytest.raises(TemporarilyUnavailable, match="database"):
            migrate(f"postgresql+psycopg://ivr@/ivr?host={tmp_path}")


class TestSqlite:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "ivr.sqlite"
        migrate(f"sqlite:///{file}")
        return file

    @pytest.fixture
    def store(self, file: Path) -> Iterator[Store]:
        store = open_database(f"sqlite:///{file}", PEPPER)
        yield store
        store.close()

    def test_a_database_that_another_writes_is_read_and_waited_for(
        self, store: Store, file: Path
    ) -> None:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert store.subscribers.find(NUMBER) is None
        began = time.monotonic()
        with pytest.raises(TemporarilyUnavailable, match="locked"):
            store.releases.publish("{}", "editor", NOW)
        assert time.monotonic() - began < QUICKLY
        other.execute("ROLLBACK")
        other.close()
        assert store.releases.publish("{}", "editor", NOW) == 1

    def test_a_database_that_breaks_while_it_is_used_is_away(
        self, store: Store, file: Path
    ) -> None:
        store.close()
        file.write_bytes(b"\xff" * file.stat().st_size)
        with pytest.raises(TemporarilyUnavailable, match="database"):
            store.subscribers.find(NUMBER)

"""A database that does not answer is said to be away quickly, and used again when it is back."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store import Store, migrate, open_database
from ivr.store.database import CONNECTIONS, Usage, make_engine, read_url
from ivr.store.postgres import is_full
from ivr.testing.acting import by
from tests.postgres import Postgres
from tests.store.rows import NUMBER, PEPPER
from tests.waiting import until

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECONDS = 10.0
pytestmark = pytest.mark.timeout(60)
"""Seconds, of each test: a store that waits for ever on its database fails it."""


@pytest.fixture
def own(postgres: Postgres, migrated_postgres: str) -> Iterator[Store]:
    """A store on a PostgreSQL that a test may stop; it runs again afterwards."""
    store = open_database(postgres.url(postgres.create(migrated_postgres)), PEPPER)
    yield store
    store.close()


def until_back(store: Store) -> None:
    """Wait until the store answers again, as it does by itself."""

    def is_back() -> bool:
        try:
            return store.subscribers.find(NUMBER) is None
        except TemporarilyUnavailable:
            return False

    until(is_back)


@pytest.mark.parametrize(
    ("reason", "full"),
    [
        ("FATAL:  sorry, too many clients already", True),
        ('FATAL:  too many connections for role "ivr"', True),
        ("FATAL:  remaining connection slots are reserved for superusers", True),
        ("connection refused", False),
        ("FATAL:  the database system is starting up", False),
    ],
)
def test_a_server_without_room_for_us_is_there(reason: str, full: bool) -> None:
    assert is_full(reason) is full


class TestPostgres:
    def test_a_stopped_server_is_away_and_used_again(self, own: Store, postgres: Postgres) -> None:
        assert own.subscribers.find(NUMBER) is None
        postgres.stop()
        try:
            with pytest.raises(TemporarilyUnavailable, match="database"):
                own.subscribers.find(NUMBER)
            with pytest.raises(TemporarilyUnavailable, match="database"):
                own.subscribers.find(NUMBER)
            assert own.database.usage().is_away
        finally:
            postgres.start()
        until_back(own)

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
        with postgres.frozen(), pytest.raises(TemporarilyUnavailable, match="database"):
            own.subscribers.find(NUMBER)
        until_back(own)

    def test_a_server_that_freezes_in_a_transaction_is_given_up(
        self, own: Store, postgres: Postgres
    ) -> None:
        def read() -> None:
            with own.database.reading() as connection, postgres.frozen():
                connection.exec_driver_sql("SELECT 1")

        with pytest.raises(TemporarilyUnavailable):
            read()
        until_back(own)

    def test_all_who_wait_are_let_go_when_one_finds_the_server_frozen(
        self, own: Store, postgres: Postgres
    ) -> None:
        """Four times as many as there are connections; none comes to its turn and waits again."""
        many = 4 * CONNECTIONS
        assert own.subscribers.find(NUMBER) is None

        def find(_index: int) -> bool:
            with pytest.raises(TemporarilyUnavailable):
                own.subscribers.find(NUMBER)
            return True

        with postgres.frozen(), ThreadPoolExecutor(many) as pool:
            assert all(pool.map(find, range(many)))
            assert own.database.usage().is_away
        until_back(own)
        until(lambda: not own.database.usage().in_use)  # one may be in the making for nobody

    def test_a_place_where_nothing_answers_is_away(self, tmp_path: Path) -> None:
        """As behind a network that swallows everything."""
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            host, port = deaf.getsockname()
            store = open_database(f"postgresql+psycopg://ivr@{host}:{port}/ivr", PEPPER)
            with pytest.raises(TemporarilyUnavailable):
                store.callers.language(NUMBER)
            assert store.database.usage().is_away
            store.close()

    def test_a_busy_server_is_not_taken_for_one_that_is_gone(self, own: Store) -> None:
        busy = Usage(in_use=CONNECTIONS, size=CONNECTIONS, is_away=False)
        sleeping = threading.Barrier(CONNECTIONS + 1)

        def sleep(_index: int) -> None:
            with own.database.reading() as connection:
                sleeping.wait(SECONDS)
                connection.exec_driver_sql("SELECT pg_sleep(1)")

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            slept = pool.map(sleep, range(CONNECTIONS))
            sleeping.wait(SECONDS)
            assert own.database.usage() == busy
            assert own.subscribers.find(NUMBER) is None, "it waits for its turn"
            assert list(slept) == [None] * CONNECTIONS
        assert not own.database.usage().is_away

    def test_one_lost_connection_is_no_outage(self, own: Store) -> None:
        def lose() -> None:
            with own.database.reading() as lost, own.database.reading() as other:
                (pid,) = lost.exec_driver_sql("SELECT pg_backend_pid()").one()
                other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
                lost.exec_driver_sql("SELECT 1")

        with pytest.raises(TemporarilyUnavailable):
            lose()
        assert own.subscribers.find(NUMBER) is None
        assert not own.database.usage().is_away

    def test_connections_of_before_an_outage_are_not_used_after_it(
        self, own: Store, postgres: Postgres
    ) -> None:
        assert own.subscribers.find(NUMBER) is None
        with postgres.frozen(), pytest.raises(TemporarilyUnavailable):
            own.subscribers.find(NUMBER)
        until_back(own)
        for _ in range(CONNECTIONS):
            assert own.subscribers.find(NUMBER) is None

    def test_a_slow_statement_is_ended(self, own: Store) -> None:
        with pytest.raises(TemporarilyUnavailable), own.database.reading() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(60)")

    def test_a_missing_database_is_named_at_the_start(self, postgres: Postgres) -> None:
        with pytest.raises(Unusable, match=r"does not exist; remove this cause, or correct"):
            migrate(postgres.url("nowhere"))

    def test_a_database_of_something_else_is_refused(self, postgres: Postgres) -> None:
        url = postgres.url(postgres.create())
        engine = make_engine(read_url(url))
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE orders (pizza text)")
        engine.dispose()
        with pytest.raises(Unusable, match="already exists; remove this cause, or correct"):
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
        with pytest.raises(TemporarilyUnavailable, match="locked"):
            store.releases.publish(*by("editor"), "{}", NOW)
        assert not store.database.usage().is_away
        other.execute("ROLLBACK")
        other.close()
        assert store.releases.publish(*by("editor"), "{}", NOW) == 1

    def test_a_database_that_breaks_while_it_is_used_is_away(
        self, store: Store, file: Path
    ) -> None:
        store.close()
        file.write_bytes(b"\xff" * file.stat().st_size)
        with pytest.raises(TemporarilyUnavailable, match="database"):
            store.subscribers.find(NUMBER)

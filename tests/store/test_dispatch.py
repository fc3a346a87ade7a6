"""Questions that a call can go on without, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.store import Store, open_database
from ivr.store.database import CONNECTIONS
from tests.postgres import Postgres
from tests.store.rows import PEPPER
from tests.store.test_outage import until_back

CALLER = Msisdn("99361000000")
MANY = 40
SECONDS = 10.0


@pytest.fixture
def own(postgres: Postgres, migrated_postgres: str) -> Iterator[Store]:
    store = open_database(postgres.url(postgres.create(migrated_postgres)), PEPPER)
    store.callers.remember(CALLER, Language.RUSSIAN)
    yield store
    store.close()


def test_many_ask_at_once_on_fewer_connections(store: Store) -> None:
    store.callers.remember(CALLER, Language.RUSSIAN)
    together = threading.Barrier(MANY)

    def ask(_index: int) -> Language | None:
        together.wait(SECONDS)
        return store.callers.language(CALLER)

    with ThreadPoolExecutor(MANY) as pool:
        assert set(pool.map(ask, range(MANY))) == {Language.RUSSIAN}


def test_what_others_write_is_seen(store: Store) -> None:
    """No transaction is left open in which everything would stand still."""
    for language in (Language.RUSSIAN, Language.ENGLISH, Language.TURKMEN):
        store.callers.remember(CALLER, language)
        assert store.callers.language(CALLER) is language


def test_a_store_that_was_closed_can_be_asked_again(store: Store) -> None:
    assert store.callers.language(CALLER) is None
    store.close()
    assert store.callers.language(CALLER) is None


def test_a_connection_that_was_lost_meanwhile_is_replaced(own: Store) -> None:
    assert own.callers.language(CALLER) is Language.RUSSIAN
    with own.database.reading() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert own.callers.language(CALLER) is Language.RUSSIAN
    assert not own.database.usage().is_away


def test_a_frozen_server_is_given_up_by_all_and_asked_again(own: Store, postgres: Postgres) -> None:
    assert own.callers.language(CALLER) is Language.RUSSIAN

    def ask(_index: int) -> None:
        with pytest.raises(TemporarilyUnavailable):
            own.callers.language(CALLER)

    with postgres.frozen(), ThreadPoolExecutor(MANY) as pool:
        assert len(list(pool.map(ask, range(MANY)))) == MANY > CONNECTIONS
    until_back(own)
    assert own.callers.language(CALLER) is Language.RUSSIAN


def test_a_stopped_server_is_away(own: Store, postgres: Postgres) -> None:
    postgres.stop()
    try:
        with pytest.raises(TemporarilyUnavailable, match="database"):
            own.callers.language(CALLER)
    finally:
        postgres.start()
    until_back(own)
    assert own.callers.language(CALLER) is Language.RUSSIAN

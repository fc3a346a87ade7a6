"""An import has no bound on its whole time, and each of its statements has one (PostgreSQL)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store import Store, open_database
from ivr.store.database import STATEMENT
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from tests.postgres import Postgres
from tests.store.rows import PEPPER, row

ONE = text("SELECT 1")


class Hours:
    """The watch's time, which a test moves on."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.passed  # noqa: TID251


@pytest.fixture
def own(postgres: Postgres, migrated_postgres: str) -> Iterator[Store]:
    store = open_database(postgres.url(postgres.create(migrated_postgres)), PEPPER)
    yield store
    store.close()


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    hours = Hours()
    monkeypatch.setattr("ivr.store.watch.time", SimpleNamespace(monotonic=hours.monotonic))
    return hours


def look(store: Store) -> None:
    """What the watch's thread does now and then."""
    with store.database._watch._changed:
        store.database._watch._look()


def test_the_whole_has_no_bound(own: Store, hours: Hours) -> None:
    with own.database.gathering() as gathering:
        for _ in range(3):
            assert gathering.connection.execute(ONE).scalar_one() == 1
            hours.passed += 10 * STATEMENT
            look(own)
        gathering.connection.execute(text("CREATE TABLE kept AS SELECT 1 AS one"))
    with own.database.reading() as connection:
        assert connection.execute(text("SELECT one FROM kept")).scalar_one() == 1


def test_a_statement_has_one(own: Store, hours: Hours) -> None:
    with pytest.raises(TemporarilyUnavailable), own.database.gathering() as gathering:  # noqa: PT012
        with gathering.bounded():
            hours.passed += 10 * STATEMENT
            look(own)
        gathering.connection.execute(ONE)


def test_the_server_has_the_same_bound(own: Store) -> None:
    with own.database.gathering() as gathering:
        shown = gathering.connection.execute(text("SHOW statement_timeout")).scalar_one()
    assert shown == f"{STATEMENT // 60}min"
    with own.database.reading() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "3s"


def test_others_who_find_the_server_away_do_not_end_it(own: Store) -> None:
    """A server that is busy with an import may be slow to let a probe in."""
    with own.database.gathering() as gathering:
        with pytest.raises(TemporarilyUnavailable), own.database.reading() as connection:  # noqa: PT012
            own.database._circuit.open("no answer within 0.75 s")
            connection.execute(ONE)
        with gathering.bounded():
            own.database._watch.release()
        assert gathering.connection.execute(ONE).scalar_one() == 1


def test_an_import_beside_another_is_refused_by_its_cause(own: Store) -> None:
    def rows() -> Iterator[Row]:
        with pytest.raises(Unusable, match="another import of subscribers is running"):
            import_rows(own.database, [row()], PEPPER, "clerk")
        yield row()

    assert import_rows(own.database, rows(), PEPPER, "clerk").rows == 1

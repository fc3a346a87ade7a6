"""Migrations build what the tables say, on SQLite and on PostgreSQL, however many start at once."""

from __future__ import annotations

import dataclasses
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from ivr.domain.actor import caller
from ivr.domain.call import Call, CallOutcome, Step
from ivr.domain.orders import OrderState
from ivr.domain.payments import PaymentRow
from ivr.domain.services import Reason
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store import contact_tables as contact_tables  # so that their tables are compared
from ivr.store import migrate, open_database
from ivr.store import staff_tables as staff_tables
from ivr.store.database import make_engine, read_url
from ivr.store.migrations import FOLDER, HEAD, to
from ivr.store.tables.partial import metadata
from ivr.testing.acting import at_desk, by
from tests.store.rows import PEPPER


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = create_engine(read_url(empty_url))  # no time-outs: a comparison reads all tables
    yield engine
    engine.dispose()


class TestMigrations:
    def test_models_and_migrations_agree(self, empty_url: str, engine: Engine) -> None:
        migrate(empty_url)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, metadata) == []

    def test_what_goes_up_comes_down_again(self, empty_url: str, engine: Engine) -> None:
        migrate(empty_url)
        to(read_url(empty_url), "base")
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        migrate(empty_url)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM orders")).scalar_one() == 0

    def test_migrating_twice_says_and_changes_nothing(
        self, empty_url: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        migrate(empty_url)
        migrate(empty_url)
        assert capfd.readouterr() == ("", "")

    def test_a_newer_database_is_refused(self, empty_url: str, engine: Engine) -> None:
        migrate(empty_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Unusable, match=r"newer \(9999\)"):
            migrate(empty_url)

    def test_processes_that_start_at_once_migrate_once(self, empty_url: str) -> None:
        spawn = multiprocessing.get_context("spawn")
        processes: list[Any] = [
            spawn.Process(target=migrate, args=(empty_url,)) for _index in range(3)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0, 0, 0]


class TestJournalOfBefore:
    """0005: the steps of a call were numbered through, whichever worker they were of."""

    OLD = (
        "INSERT INTO calls (id, dialled, started, release, node, reason, kept_steps,"
        " kept_identifications) VALUES ('c1', '0890', '2026-11-22 10:00:00.250', 3, '', '', 1, 0)",
        "INSERT INTO call_steps VALUES ('c1', 0, 'language', '1', 1.5), ('c1', 1, 'main', '2', 91)",
        "INSERT INTO call_goals (call_id, goal, position) VALUES ('c1', 'agent', 0)",
        "INSERT INTO call_identifications VALUES ('c1', 0, 'codeword:match')",
        "INSERT INTO call_orders (call_id, order_id, position) VALUES ('c1', 'o1', 0)",
    )

    def test_it_is_read_as_it_was(self, empty_url: str, engine: Engine) -> None:
        self.fill(empty_url, engine)
        migrate(empty_url)
        store = open_database(empty_url, PEPPER)
        (record,) = store.journal.newest(9)
        store.close()
        assert record.started == datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC)
        assert record.path == (Step("language", "1", 1.5), Step("main", "2", 91.0))
        assert (record.goals, record.orders) == (("agent",), ("o1",))
        assert record.identification == ("codeword:match",)

    def test_it_goes_back_with_what_was_added(self, empty_url: str, engine: Engine) -> None:
        self.fill(empty_url, engine)
        migrate(empty_url)
        store = open_database(empty_url, PEPPER)
        later = Call("c1", "0890", datetime(2026, 11, 22, 10, 2, 0, 250_000, UTC))
        store.journal.begin(later)
        later.path = [Step("info", "3", 2.5)]
        store.journal.end(later, CallOutcome.ENDED, later.started)
        store.close()
        to(read_url(empty_url), "0004")
        with engine.connect() as connection:
            steps = connection.execute(
                text("SELECT position, node, at FROM call_steps ORDER BY position")
            ).all()
        assert [tuple(step) for step in steps] == [
            (0, "language", 1.5),
            (1, "main", 91.0),
            (2, "info", 122.5),
        ]

    def fill(self, url: str, engine: Engine) -> None:
        to(read_url(url), "0004")
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET TIME ZONE 'UTC'"))
            for statement in self.OLD:
                connection.exec_driver_sql(statement)


def test_what_is_held_is_not_left_to_an_older_program(empty_url: str, engine: Engine) -> None:
    """0006: it knows no held orders, and would send them at once."""
    migrate(empty_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO orders (id, external_id, number, once_tenge, state, ordered, tries,"
                " due) VALUES ('h', 'c:1', '99365123456', 0, 'held', '2026-11-29 10:00:00', 0,"
                " '2026-11-30 10:00:00')"
            )
        )
    to(read_url(empty_url), "0005")
    with engine.connect() as connection:
        (row,) = connection.execute(text("SELECT state, reason, settled FROM orders"))
    assert (row.state, row.reason) == (OrderState.CANCELLED, Reason.WITHDRAWN)
    assert row.settled is not None


def test_what_an_older_program_writes_is_the_callers(empty_url: str, engine: Engine) -> None:
    """0015: an older program runs beside this one, and knows no actors."""
    to(read_url(empty_url), "0014")
    order = (
        "INSERT INTO orders (id, external_id, number, once_tenge, state, ordered, tries) VALUES"
        " ('{0}', 'n1-7.{0}:2', '99365123456', 0, 'acknowledged', '2026-11-29 10:00:00', 0)"
    )
    with engine.begin() as connection:
        connection.execute(text(order.format(1)))
    migrate(empty_url)
    with engine.begin() as connection:
        connection.execute(text(order.format(2)))
    store = open_database(empty_url, PEPPER)
    agent, key = at_desk()
    known = store.orders.find("n1-7.1:2")
    assert known is not None
    store.orders.write(dataclasses.replace(known, id="3", external_id=key, actor=agent))
    found = {each.id: each.actor for each in store.orders.newest(9)}
    store.close()
    assert found == {"1": caller("n1-7.1"), "2": caller("n1-7.2"), "3": agent}
    to(read_url(empty_url), "0014")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM orders")).scalar_one() == 3


def test_payments_of_before_are_kept_and_equal_ones_come_beside_them(
    empty_url: str, engine: Engine
) -> None:
    """0012: a payment was known by its number, time and amount."""
    to(read_url(empty_url), "0008")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO subscribers (msisdn, full_name, language, tariff, status, balance_tenge,"
            " company) VALUES ('99365123456', 'A', 'tk', 'oba', 'active', 0, '')",
            "INSERT INTO payments (msisdn, at, amount_tenge)"
            " VALUES ('99365123456', '2026-11-22 10:00:00.000000', 500)",
        ):
            connection.exec_driver_sql(statement)
    migrate(empty_url)
    store = open_database(empty_url, PEPPER)
    ((at, amount),) = store.payments.newest(Msisdn("99365123456"), 9)
    paid = PaymentRow(Msisdn("99365123456"), at, amount)
    assert store.payments.add(*by("test"), [paid]) == 0
    assert store.payments.add(*by("test"), [paid, paid]) == 1
    store.close()
    to(read_url(empty_url), "0008")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id, amount_tenge FROM payments")).all()
    assert [tuple(row) for row in kept] == [(1, 500)]


def test_the_newest_migration_is_the_one_that_the_program_expects() -> None:
    assert ScriptDirectory(str(FOLDER)).get_heads() == [HEAD]


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "nonsense",
            "sqlite://",
            "sqlite:///:memory:",
            "mysql://host/db",
            "postgresql+asyncpg://h",
        ],
    )
    def test_a_wrong_url_is_refused_in_one_sentence(self, url: str) -> None:
        with pytest.raises(Unusable, match="IVR_DATABASE_URL") as caught:
            migrate(url)
        assert "\n" not in str(caught.value)

    def test_a_password_is_never_repeated(self) -> None:
        url = "postgresql+psycopg://ivr:topsecret@no-such-host.invalid/ivr"
        with pytest.raises((Unusable, TemporarilyUnavailable)) as caught:
            migrate(url)
        assert "topsecret" not in str(caught.value)

    def test_a_folder_is_no_database(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="is a folder"):
            migrate(f"sqlite:///{tmp_path}")

    def test_a_file_that_is_no_database_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "ivr.sqlite"
        file.write_bytes(b"this is a letter, not a database " * 300)
        before = file.read_bytes()
        with pytest.raises(Unusable, match=r"ivr\.sqlite cannot be read"):
            migrate(f"sqlite:///{file}")
        assert file.read_bytes() == before

    def test_a_damaged_database_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "ivr.sqlite"
        migrate(f"sqlite:///{file}")
        with file.open("r+b") as data:
            data.seek(100)
            data.write(b"\xff" * 4096)
        for extra in tmp_path.glob("ivr.sqlite-*"):
            extra.unlink()
        with pytest.raises(Unusable, match="cannot be read"):
            migrate(f"sqlite:///{file}")

    def test_a_place_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(Unusable, match=r"ivr\.sqlite cannot be used"):
            migrate(f"sqlite:///{tmp_path / 'file' / 'ivr.sqlite'}")

    def test_a_new_database_has_a_write_ahead_log(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'new' / 'ivr.sqlite'}"
        migrate(url)
        engine = make_engine(read_url(url))
        with engine.connect() as connection:
            for pragma, value in (("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1)):
                assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value
        engine.dispose()

"""Old and new programs on one database: an upgrade takes nothing away from those that still run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.store import check_form, migrate, open_database
from ivr.store.database import make_engine, read_url
from ivr.store.migrations import HEAD, form_of, revisions, to

PROGRAMS = PROJECT / "tests" / "data" / "programs"
RELEASE = PROJECT / "tests" / "data" / "releases" / "6-version-0.2.0.json"
OLD = "0014"
"""The form that version 0.2.0 was made for."""
WORD = "# 63753646#"
CALLS = {
    f"3 1 {WORD} 1": "account/balance",
    f"2 {WORD} 1 1 1": "services/gprs",
    f"4 {WORD} 3 1": "number/puk",
    f"1 {WORD} 5 1 50# 12345678 1": "account/invoice",
}
"""Keys of calls, and the goal that each reaches."""


@pytest.fixture(scope="module")
def old_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ivr-0.2.0")
    with tarfile.open(PROGRAMS / "ivr-0.2.0.tar.xz") as archive:
        archive.extractall(folder)
    return folder


def old_line(program: Path, url: str) -> Any:
    """Calls by version 0.2.0, which never looks at the form of the database."""
    done = subprocess.run(
        [sys.executable, "-P", PROGRAMS / "line-0.2.0.py.txt", url, RELEASE, *CALLS],
        env={**os.environ, "PYTHONPATH": str(program)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_line_of_the_version_before_works_on_the_newest_form(
    url: str, old_program: Path
) -> None:
    found = old_line(old_program, url)
    assert [call["goals"] for call in found] == [[goal] for goal in CALLS.values()]
    assert found[1]["heard"][-3:] == ["change.on.done", "change.undo", "after"]
    store = open_database(url, "pepper")
    records = store.journal.newest(9)
    assert {record.goals for record in records} == {(goal,) for goal in CALLS.values()}
    (order,) = found[1]["orders"]
    written = store.orders.get(order)
    assert written is not None
    assert written.number == "99365123456"
    assert [invoice.state for invoice in store.invoices.newest(9)] == ["waiting"]
    store.close()


def test_a_program_that_runs_goes_on_after_an_upgrade(empty_url: str, old_program: Path) -> None:
    """Its subscriber, its journal: what it wrote before is read by the newer one."""
    to(read_url(empty_url), OLD)
    old_line(old_program, empty_url)
    with pytest.raises(Unusable, match=r"older form \(0014\).*`ivr database upgrade`"):
        check_form(empty_url)
    migrate(empty_url)
    check_form(empty_url)
    store = open_database(empty_url, "pepper")
    assert len(store.journal.newest(9)) == len(CALLS)
    store.close()


class TestForms:
    def test_an_empty_database_is_given_the_newest_form(self, empty_url: str) -> None:
        assert form_of(empty_url).revision is None
        check_form(empty_url)
        form = form_of(empty_url)
        assert (form.revision, form.oldest, form.serves) == (HEAD, OLD, True)

    def test_looking_makes_nothing(self, tmp_path: Path) -> None:
        file = tmp_path / "home" / "ivr.sqlite"
        assert form_of(f"sqlite:///{file}").revision is None
        assert not file.parent.exists()

    @pytest.mark.parametrize(
        ("oldest", "serves"), [("0014", True), (HEAD, True), ("9998", False), (None, False)]
    )
    def test_a_newer_form_serves_programs_that_it_names(
        self, url: str, oldest: str | None, serves: bool
    ) -> None:
        engine = make_engine(read_url(url))
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            if oldest is None:
                connection.execute(text("DROP TABLE database_form"))
            else:
                connection.execute(text("UPDATE database_form SET oldest = :o"), {"o": oldest})
        engine.dispose()
        if serves:
            check_form(url)
            return
        with pytest.raises(Unusable, match=r"newer \(9999\).*update the program"):
            check_form(url)


class TestExpanding:
    """Each migration since version 0.2.0 only adds, and what it adds may be left out."""

    @pytest.fixture
    def connection(self, empty_url: str) -> Iterator[Connection]:
        engine = make_engine(read_url(empty_url))
        to(read_url(empty_url), OLD)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def test_nothing_is_taken_away_or_demanded(
        self, empty_url: str, connection: Connection
    ) -> None:
        before = columns(connection)
        connection.rollback()
        for revision in revisions()[revisions().index(OLD) + 1 :]:
            to(read_url(empty_url), revision)
            after = columns(connection)
            connection.rollback()
            for table, old in before.items():
                assert {name: after[table][name] for name in old} == old, (revision, table)
                demanded = {
                    name
                    for name, (_, is_optional) in after[table].items()
                    if name not in old and not is_optional
                }
                assert demanded == set(), (revision, table)
            before = after


def columns(connection: Connection) -> dict[str, dict[str, tuple[str, bool]]]:
    """By table and name: the type of a column, and whether an INSERT may leave it out."""
    found = inspect(connection)
    return {
        table: {
            column["name"]: (
                str(column["type"]),
                column["nullable"] or column["default"] is not None,
            )
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }

"""Forms of the database: who serves whom, and that an older program goes on beside a newer one."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Inspector, inspect, text
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.store import check_form, migrate, open_database
from ivr.store.database import make_engine, read_url
from ivr.store.migrations import HEAD, form_of, revisions, to
from tests.store.rows import PEPPER

BEFORE = "0014"
"""The form of the version before."""
PROGRAM_BEFORE = "8e727d1"
"""A commit of that version."""


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = make_engine(read_url(empty_url))
    yield engine
    engine.dispose()


def write_form(engine: Engine, revision: str, oldest: str | None) -> None:
    """Say that a newer program has changed the form."""
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        if oldest is None:
            connection.execute(text("DELETE FROM database_form"))
        else:
            connection.execute(text(f"UPDATE database_form SET oldest = '{oldest}'"))


class TestWhoServesWhom:
    def test_an_empty_database_is_given_the_form(self, empty_url: str) -> None:
        assert form_of(empty_url).revision is None
        check_form(empty_url)
        assert form_of(empty_url).revision == HEAD

    def test_an_older_form_is_refused_and_left_as_it_is(self, empty_url: str) -> None:
        to(read_url(empty_url), BEFORE)
        with pytest.raises(Unusable, match=rf"older form \({BEFORE}\).*`ivr database upgrade`"):
            check_form(empty_url)
        assert form_of(empty_url).revision == BEFORE

    @pytest.mark.parametrize(
        ("oldest", "serves"), [(BEFORE, True), (HEAD, True), ("9998", False), (None, False)]
    )
    def test_a_newer_form_says_whom_it_serves(
        self, empty_url: str, engine: Engine, oldest: str | None, serves: bool
    ) -> None:
        migrate(empty_url)
        write_form(engine, "9999", oldest)
        assert form_of(empty_url).serves is serves
        if serves:
            check_form(empty_url)
        else:
            with pytest.raises(Unusable, match=r"newer \(9999\) than this program"):
                check_form(empty_url)


class TestBesideAnOlderProgram:
    """What is added may be left out, and nothing is taken away or made stricter."""

    def test_each_form_that_is_served_is_part_of_the_newest(
        self, empty_url: str, engine: Engine
    ) -> None:
        migrate(empty_url)
        oldest, newest = form_of(empty_url).oldest, _tables(inspect(engine))
        assert oldest is not None
        for revision in [each for each in revisions() if oldest <= each < HEAD]:
            to(read_url(empty_url), revision)
            assert _stricter(_tables(inspect(engine)), newest) == []

    def test_what_would_stop_an_older_program_is_seen(self) -> None:
        old = {"a": {"id": (True, "INTEGER"), "name": (False, "TEXT")}, "b": {}}
        new = {"a": {"id": (True, "INTEGER"), "name": (True, "TEXT"), "kind": (True, "TEXT")}}
        assert _stricter(old, new) == ["a.name", "a.kind", "b"]

    @pytest.mark.nightly
    def test_the_program_of_before_goes_on_while_the_form_changes(
        self, empty_url: str, tmp_path: Path
    ) -> None:
        """That program as it was, from the history: it opens the database, the form becomes the
        newest, and what it writes then is read here."""
        archive = subprocess.run(
            ["git", "archive", "--format=zip", PROGRAM_BEFORE, "ivr", "db"],
            cwd=PROJECT, capture_output=True, check=True,
        ).stdout  # fmt: skip
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(tmp_path)
        with subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, empty_url, PEPPER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        ) as older:  # fmt: skip
            assert older.stdout is not None
            assert older.stdout.readline() == "open\n"
            migrate(empty_url)
            said, _ = older.communicate("go on\n", timeout=60)
        assert (older.returncode, said) == (0, "written\n")
        store = open_database(empty_url, PEPPER)
        (record,) = store.journal.newest(9)
        assert (record.id, record.goals) == ("c1", ("account/balance",))
        assert store.releases.live() == 1
        assert store.outbox.find("r1") is not None
        store.close()


PROGRAM = """
import sys
from datetime import datetime, UTC
from ivr.call import Call, Outcome
from ivr.store import migrate, open_database
from ivr.values import Msisdn

url, pepper = sys.argv[1:]
now = datetime(2026, 11, 22, 10, tzinfo=UTC)
migrate(url)
store = open_database(url, pepper)
assert store.journal.newest(9) == []
print("open", flush=True)
sys.stdin.readline()
call = Call("c1", "0890", now, goals=["account/balance"])
store.journal.begin(call)
store.journal.end(call, Outcome.ENDED, now)
store.releases.publish("{}", "editor", now)
store.outbox.put(Msisdn("99365123456"), "Salam", "r1")
assert store.outbox.find("r1") is not None
assert store.orders.newest(9) == []
print("written", flush=True)
"""


Tables = dict[str, dict[str, tuple[bool, str]]]
"""Table → column → whether it must be given, and its type."""


def _tables(inspector: Inspector) -> Tables:
    return {
        table: {
            column["name"]: (
                not column["nullable"]
                and column["default"] is None
                and column.get("autoincrement") is not True,
                str(column["type"]),
            )
            for column in inspector.get_columns(table)
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def _stricter(old: Tables, new: Tables) -> list[str]:
    """What a program of the old form could not write or read in the new one."""
    found = []
    for table, columns in old.items():
        if table not in new:
            found.append(table)
            continue
        for name, (is_needed, kind) in new[table].items():
            was_needed, was_kind = columns.get(name, (False, kind))
            if (is_needed and not was_needed) or kind != was_kind:
                found.append(f"{table}.{name}")
        found += [f"{table}.{name}" for name in columns if name not in new[table]]
    return found


class TestCommands:
    @pytest.fixture(autouse=True)
    def environment(self, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("IVR_DATABASE_URL", empty_url)
        monkeypatch.setenv("COLUMNS", "200")

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    def test_status_upgrade_and_downgrade(self, empty_url: str) -> None:
        empty = self.run("database", "status")
        assert (empty.exit_code, "the database is empty" in empty.output) == (1, True)
        to(read_url(empty_url), BEFORE)
        old = self.run("database", "status")
        assert old.exit_code == 1
        assert old.output == f"the database has form {BEFORE}, and this program needs {HEAD}\n"
        assert self.run("database", "upgrade").exit_code == 0
        new = self.run("database", "status", "--json")
        assert new.exit_code == 0
        assert f'"form": "{HEAD}"' in new.output
        assert self.run("database", "upgrade").output.startswith("nothing to do: ")
        assert self.run("database", "downgrade", BEFORE).output == (
            f"the database has form {BEFORE}\n"
        )
        assert form_of(empty_url).revision == BEFORE
        wrong = self.run("database", "downgrade", HEAD)
        assert isinstance(wrong.exception, Unusable)
        assert "is no form that this database had" in str(wrong.exception)

    @pytest.mark.parametrize("words", ["calls", "orders list", "flow releases", "pepper check"])
    def test_no_other_command_changes_the_form(self, empty_url: str, words: str) -> None:
        to(read_url(empty_url), BEFORE)
        refused = self.run(*words.split())
        assert isinstance(refused.exception, Unusable), refused.output
        assert "run `ivr database upgrade`" in str(refused.exception)
        assert form_of(empty_url).revision == BEFORE

    def test_a_database_that_is_not_there_yet_is_made(self, empty_url: str) -> None:
        assert self.run("calls").exit_code == 0
        assert form_of(empty_url).revision == HEAD

"""`ivr database`, and that no other command changes the form of a database."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.errors import Unusable
from ivr.store.database import read_url
from ivr.store.migrations import HEAD, form_of, to

BEFORE = "0014"
"""The form of the version before."""


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
        assert old.output == f"the database has form {BEFORE}, but this program needs {HEAD}\n"
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
        assert "is not a form of this database" in str(wrong.exception)

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

"""``ivr database``: the only command that changes the form of a database that is in use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.commands import database
from ivr.errors import Unusable
from ivr.store.database import read_url
from ivr.store.migrations import HEAD, form_of, to
from ivr.wiring.installation import open_installation


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    return f"sqlite:///{tmp_path / 'home' / 'ivr.sqlite'}"


def run(*words: str) -> Result:
    return CliRunner().invoke(database.app, list(words))


def test_an_old_form_is_told_and_brought_up_to_date(url: str) -> None:
    to(read_url(url), "0014")
    status = run("status")
    assert (status.exit_code, status.output) == (
        1,
        f"the database has form 0014, but this program needs {HEAD}\n",
    )
    with pytest.raises(Unusable, match="back it up, then run `ivr database upgrade`"):
        open_installation()
    assert form_of(url).revision == "0014", "a command of a newer program changes nothing"
    assert run("upgrade").output == f"the database has form {HEAD}, which this program needs\n"
    assert open_installation().store.journal.newest(1) == []
    again = run("upgrade").output
    assert again == f"nothing to do: the database has form {HEAD}, which this program needs\n"


def test_status_for_programs(url: str) -> None:
    found = run("status", "--json")
    assert found.exit_code == 1
    assert json.loads(found.output) == {
        "form": None,
        "program": HEAD,
        "oldest": None,
        "serves": False,
    }
    open_installation()
    found = run("status", "--json")
    assert (found.exit_code, json.loads(found.output)["oldest"]) == (0, "0014")


def test_it_is_taken_back_for_an_older_program(url: str) -> None:
    open_installation()
    assert run("downgrade", "0014").output == "the database has form 0014\n"
    assert form_of(url).revision == "0014"
    for unknown in ("base", "9999", HEAD):
        refused = run("downgrade", unknown).exception
        assert isinstance(refused, Unusable)
        assert f"'{unknown}' is not a form of this database" in str(refused)
    assert form_of(url).revision == "0014"

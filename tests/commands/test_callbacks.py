"""``ivr callbacks``: who waits, taking one, closing one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.commands.callbacks import age
from ivr.domain.callbacks import Asked, Bound
from ivr.domain.values import Language, Msisdn
from ivr.errors import Unusable
from ivr.testing.acting import on_phone
from ivr.wiring.container import Container, open_container, prepare_database

NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99361000000")


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """One waits for three hours and another for some minutes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LOGNAME", "aygul")
    container = open_container()
    prepare_database(container)
    now = container.clock.now()
    bound = Bound(now - timedelta(days=1), 9, 9)
    for number, waited in ((NUMBER, 185), (OTHER, 7)):
        at = now - timedelta(minutes=waited)
        asked = Asked(number, Language.RUSSIAN, "nobody", number)
        container.store.callbacks.write(*on_phone(f"c{waited}"), asked, at, bound)
    return container


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["callbacks", *arguments])


def listed() -> list[dict[str, Any]]:
    result = run("--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_they_are_listed_the_longest_first_with_age_and_state(container: Container) -> None:
    first, second = listed()
    assert (first["number"], first["status"], first["taken_by"]) == (NUMBER, "open", None)
    assert 185 * 60 <= first["age_seconds"] < 186 * 60
    assert second["number"] == OTHER
    table = run().stdout
    assert "3 h 5 min" in table
    assert "7 min" in table
    assert NUMBER in table, "it is to be dialled"
    assert all(len(line) <= 80 for line in table.splitlines())


def test_one_is_taken_by_name_and_its_number_is_printed(container: Container) -> None:
    (first, _) = listed()
    taken = run("take", str(first["id"]))
    assert taken.exit_code == 0
    assert taken.stdout.splitlines()[0] == f"{NUMBER}  ru  nobody"
    again = listed()[0]
    assert (again["status"], again["taken_by"]) == ("taken", "operator aygul")
    assert "taken by operator aygul" in " ".join(run().stdout.split())


def test_who_comes_later_is_told_who_has_it(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = str(listed()[0]["id"])
    run("take", id)
    monkeypatch.setenv("LOGNAME", "merdan")
    refused = run("take", id)
    assert isinstance(refused.exception, Unusable)
    assert str(refused.exception).startswith(
        f"call-back {id} was taken by operator aygul 0 min ago: take"
    )


def test_one_that_is_done_is_gone_and_may_not_be_done_again(container: Container) -> None:
    id = str(listed()[0]["id"])
    assert run("done", id).exit_code == 0
    assert [each["number"] for each in listed()] == [OTHER]
    for act in ("done", "take"):
        assert str(run(act, id).exception) == (
            f"call-back {id} is already done: `ivr callbacks` lists the open ones"
        )
    acts = [(each.author, each.action, each.number) for each in container.store.audit.newest(5)]
    assert acts == [("operator aygul", "callback.done", NUMBER)]


@pytest.mark.parametrize("act", ["take", "done"])
def test_one_that_never_was_is_named(container: Container, act: str) -> None:
    assert str(run(act, "77").exception) == (
        "there is no call-back 77: `ivr callbacks` lists the open ones"
    )
    assert run(act, "seven").exit_code == 2


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 min"), (59, "0 min"), (3599, "59 min"), (3600, "1 h 0 min")),
        *((86399, "23 h 59 min"), (86400, "1 d 0 h"), (190000, "2 d 4 h")),
    ],
)
def test_an_age_is_told_as_people_say_it(seconds: int, said: str) -> None:
    assert age(seconds) == said


def test_the_waiting_ones_are_counted_by_state_with_the_age_of_the_oldest(
    container: Container,
) -> None:
    run("take", str(listed()[0]["id"]))
    found = container.store.backlog.backlog()
    assert found.callbacks == {"open": 1, "taken": 1}
    assert found.oldest_callback == container.store.callbacks.waiting(1)[0].at
    for each in listed():
        run("done", str(each["id"]))
    found = container.store.backlog.backlog()
    assert (found.callbacks, found.oldest_callback) == ({}, None)

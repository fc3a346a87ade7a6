"""What a text from anywhere does to a terminal, a table and a log: nothing but to be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ivr.__main__ import app
from ivr.commands.printing import cell
from ivr.errors import Unusable
from ivr.store import open_database
from ivr.store.importing import import_rows
from ivr.store.rows import COLUMNS, KnownCatalogueIds, read_rows
from ivr.system.printable import escaped, hidden, json_text
from ivr.testing.acting import by
from tests.e2e.installation import environment, own_settings
from tests.logged import logged
from tests.store.rows import PEPPER, row

EVIL = {
    "a line break": "\n",
    "a carriage return": "\r",
    "an escape": "\x1b",
    "a bell": "\a",
    "a control sequence in one letter": "\x9b",
    "a next line": "\x85",
    "a line separator": "\u2028",
    "a paragraph separator": "\u2029",
    "right to left": "\u202e",
    "an isolate": "\u2067",
    "a mark": "\u200f",
    "an Arabic mark": "\u061c",
    "no space at all": "\u200b",
    "a tag": "\U000e0041",
    "a private letter": "\ue000",
    "no letter": "\uffff",
}
NAMES = ("Myradowa Aýgül Batyrowna", "Şöhrat Ňurýew", "Ж. Иванов-Петрова", "O'Brien & Söhne №7")


@pytest.mark.parametrize("evil", EVIL.values(), ids=list(EVIL))
class TestImport:
    @pytest.mark.parametrize("column", ["full_name", "company"])
    def test_a_name_with_it_is_refused_by_row_and_reason(
        self, tmp_path: Path, column: str, evil: str
    ) -> None:
        good = {
            "msisdn": "99365123456",
            "full_name": "Aman",
            "language": "tk",
            "tariff": "duet",
            "status": "active",
            "balance": "1.00",
        }
        bad = {**good, "msisdn": "99365123457", column: f"Aman{evil}Amanow"}
        file = tmp_path / "rows.csv"
        lines = [COLUMNS, *([each.get(name, "") for name in COLUMNS] for each in (good, bad))]
        quoted = [",".join(f'"{text}"' for text in line) for line in lines]
        file.write_text("\n".join(quoted), "utf-8", newline="")
        known = KnownCatalogueIds(frozenset(), ("duet",))
        with pytest.raises(Unusable) as refused:
            list(read_rows(file, known))
        wanted = f"line 3: {column} has an invisible character (U+{ord(evil):04X}): remove it"
        assert wanted in str(refused.value)
        assert evil not in str(refused.value).replace("\n  ", "")
        file.write_text("\n".join(quoted[:2]), "utf-8")
        assert [row.full_name for row in read_rows(file, known)] == ["Aman"]

    def test_it_is_written_out(self, evil: str) -> None:
        assert hidden(f"a{evil}b") == evil
        assert not hidden(escaped(f"a{evil}b"))
        assert json.loads(f'"{escaped(evil)}"') == evil
        assert evil not in str(cell(f"a{evil}b"))


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_person_is_taken_and_shown_as_it_is(name: str) -> None:
    assert not hidden(name)
    assert escaped(name) == name
    assert str(cell(name)) == name


@given(st.text())
def test_a_document_is_the_same_and_shows_nothing_hidden(text: str) -> None:
    shown = json_text({text: [text]}, indent=2)
    assert json.loads(shown) == {text: [text]}
    assert not hidden(shown.replace("\n", ""))


@given(st.text())
def test_a_cell_has_no_style_of_the_text_in_it(text: str) -> None:
    for each in (text, f"[red]{text}[/]", "[link=http://evil.example]here[/link]"):
        assert cell(each).plain == escaped(each)
        assert cell(each).spans == []


def test_rows_of_an_older_version_are_shown_safely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "du\x1b]0;owned\x07et\u202e[/]\x9b2J"
    settings = own_settings(tmp_path)
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    runner = CliRunner()
    assert runner.invoke(app, ["subscribers", "show", "99365123456"]).exit_code == 1  # migrated
    store = open_database(settings.database, PEPPER)
    import_rows(store.database, [row(tariff=evil)], PEPPER, by("test"))
    store.close()
    for options in ([], ["--json"]):
        done = runner.invoke(app, ["subscribers", "show", "99365123456", *options])
        assert done.exit_code == 0, done.output
        assert not hidden(done.output.replace("\n", ""))
        assert "\\u001b" in done.output
        assert "owned" in done.output


def test_a_log_has_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    with logged(tmp_path / "line.log") as file:
        structlog.get_logger().info("an event", name="a\x9b2J\u202eb")
    line = file.read_text("utf-8")
    assert not hidden(line.rstrip("\n"))
    assert json.loads(line)["name"] == "a\x9b2J\u202eb"

"""``ivr flow check`` on files as editors leave them: one sentence each, never a trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.commands import flow
from ivr.errors import IvrError
from ivr.settings import PROJECT
from ivr.speech.given import read_given, wrongly_filled
from ivr.speech.texts import read_texts
from ivr.wiring import contents
from tests.speech.bad_recordings import cut
from tests.speech.recorders import mp3_in_wav, wav, written


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that are shipped, to be changed."""
    for name in ("prompts", "db"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    monkeypatch.setattr(contents, "PROJECT", tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IVR_CONTENT", str(tmp_path))
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(flow.app, ["check", *arguments])


def refusal(*arguments: str) -> str:
    result = check(*arguments)
    assert isinstance(result.exception, IvrError), result.output
    said = str(result.exception)
    assert "\n" not in said
    return said


def test_the_shipped_files_have_nothing_to_mend(project: Path) -> None:
    result = check()
    assert result.exit_code == 0, result.output
    assert "no problems found" in result.output
    assert "note:" not in result.output


@pytest.mark.parametrize(
    ("name", "old", "new", "noted"),
    [
        ("prompts/tk.yaml", "Salam!", "Salam\u00a0!", "prompts/tk.yaml, line 4: an invisible mark"),
        ("prompts/0890.yaml", "name: ", "name:\u00a0", "prompts/0890.yaml, line 3: an invisible"),
        ("prompts/news.yaml", "since: ", "since:\u202f", "prompts/news.yaml, line 3: an invisible"),
        ("db/catalogue.yaml", "oba: ", "oba:\u00a0", "db/catalogue.yaml, line 7: an invisible"),
        ("prompts/ru.yaml", "й", "и\u0306", "letters of two characters"),
    ],
)
def test_what_is_passed_over_is_noted(
    project: Path, name: str, old: str, new: str, noted: str
) -> None:
    file = project / name
    file.write_text(file.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    result = check()
    assert result.exit_code == 0, result.output
    assert f"note: {project}" in result.output
    assert noted in result.output
    assert "no problems found" in result.output


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "prompts/tk.yaml",
            "this is not a menu file: it has none of the names of a menu file",
        ),
        ("prompts/news.yaml", "it is a list"),
        ("db/demo.csv", "demo.csv"),
        ("db/invoice.typ", "invoice.typ"),
        ("prompts", "cannot be read (Is a directory)"),
        ("nowhere.yaml", "cannot be read (No such file or directory)"),
        ("said.wav", "a recording, not plain text"),
        ("menu.docx", "a document of Word"),
        ("empty.yaml", "it is empty"),
    ],
)
def test_what_is_no_flow_is_told_in_plain_words(project: Path, name: str, said: str) -> None:
    (project / "said.wav").write_bytes(wav())
    (project / "menu.docx").write_bytes(b"PK\x03\x04\x14\x00")
    (project / "empty.yaml").write_text("")
    told = refusal(str(project / name))
    assert said in told
    assert "Input should" not in told
    assert "valid dictionary" not in told


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (cut(wav(), 0.5), "is cut off: its header states 0.6 seconds"),
        (written("RAW", "ALAW"), "has no known header"),
        (b"Salam", "it is text"),
        (cut(mp3_in_wav(0x55), 0.9), "is cut off"),
    ],
)
def test_a_recording_that_cannot_be_heard_is_named(project: Path, data: bytes, said: str) -> None:
    folder = project / "prompts" / "recordings" / "tk"
    folder.mkdir(parents=True)
    (folder / "welcome.wav").write_bytes(data)
    told = refusal()
    assert told.startswith(f"{folder / 'welcome.wav'} ")
    assert said in told


def test_a_recording_that_is_heard_is_taken(project: Path) -> None:
    folder = project / "prompts" / "recordings" / "tk"
    folder.mkdir(parents=True)
    (folder / "welcome.wav").write_bytes(written("WAVEX", "FLOAT"))
    assert check().exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{balance:money}",
            "{ballance:money}",
            "fills in {balance:money}, {number:phone}, the text",
        ),
        ("{balance:money}", "{balance:number}", "has {balance:number}, {number:phone}"),
        ("{balance:money}", "", "the text has {number:phone}; write the placeholders as they were"),
    ],
)
def test_a_placeholder_that_nobody_fills_in_is_named(
    project: Path, old: str, new: str, said: str
) -> None:
    """The same slip in all three languages: it would end calls."""
    for language in ("tk", "ru", "en"):
        file = project / "prompts" / f"{language}.yaml"
        lines = file.read_text("utf-8").splitlines(keepends=True)
        changed = [
            line.replace(old, new) if line.startswith("account.balance.other:") else line
            for line in lines
        ]
        assert changed != lines
        file.write_text("".join(changed), encoding="utf-8")
    result = check()
    assert result.exit_code == 1
    assert "text/tk/account.balance.other: the program fills in" in result.output
    assert said in " ".join(result.output.split())


def test_a_placeholder_in_a_text_that_has_none_is_named(project: Path) -> None:
    for language in ("tk", "ru", "en"):
        file = project / "prompts" / f"{language}.yaml"
        text = file.read_text("utf-8").replace('bye: "', 'bye: "{name:plain}', 1)
        file.write_text(text, encoding="utf-8")
    assert "the program fills in nothing, the text has {name:plain}" in check().output


def test_what_the_program_gives_is_written_down() -> None:
    texts = read_texts(PROJECT / "prompts")
    given = read_given(PROJECT / "db" / "placeholders.txt")
    unknown = [key for key in texts.keys if texts.slots(key) and key not in given]
    assert unknown == [], "run `python -m ivr.speech.given > db/placeholders.txt`"
    assert list(wrongly_filled(texts, given)) == []


def test_a_sentence_that_is_cut_is_named(project: Path) -> None:
    file = project / "prompts" / "tk.yaml"
    text = file.read_text("utf-8").replace('welcome: "Salam!"', "welcome: Salam # dostlar!")
    file.write_text(text, encoding="utf-8")
    told = refusal()
    assert "tk.yaml, line 4: the text after # is not read: `welcome: Salam # dostlar!`" in told

"""``ivr voices``: the voices that are there, and a sentence said by each."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.commands import voices
from ivr.errors import Unusable


def listed(folder: Path) -> list[dict[str, object]]:
    result = CliRunner().invoke(voices.app, ["--json", "-o", str(folder)], catch_exceptions=False)
    rows: list[dict[str, object]] = json.loads(result.stdout)
    return rows


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    return tmp_path


def test_every_voice_says_a_sentence_as_the_telephone_has_it(home: Path) -> None:
    rows = listed(home / "heard")
    assert [row["voice"] for row in rows if row["language"] == "tk"] == [
        *("rhvoice:azamat", "rhvoice:nazgul", "espeak-ng")
    ]
    for row in rows:
        with wave.open(str(row["file"])) as sound:
            assert sound.getframerate() == 8_000
            assert 1.0 < sound.getnframes() / 8_000 < 5.0, row


def test_the_one_in_use_is_marked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_VOICE_RU", "rhvoice:irina@90")
    used = [(row["language"], row["voice"]) for row in listed(home) if row["used"]]
    assert used == [("tk", "rhvoice:azamat"), ("ru", "rhvoice:irina@90"), ("en", "rhvoice:bdl")]


def test_people_get_a_table(home: Path) -> None:
    result = CliRunner().invoke(voices.app, ["-o", str(home)], catch_exceptions=False)
    assert "rhvoice:nazgul" in result.stdout
    assert "as it is heard on the telephone" in result.output


def test_a_folder_that_cannot_be_written_is_told(home: Path) -> None:
    (home / "file").write_text("")
    result = CliRunner().invoke(voices.app, ["-o", str(home / "file" / "in")])
    assert isinstance(result.exception, Unusable)
    assert "cannot be written" in str(result.exception)

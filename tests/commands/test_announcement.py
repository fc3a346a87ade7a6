"""``ivr announcement set``: what is refused, by the name of its option."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.commands import announcement
from ivr.errors import Unusable

WORDS = {"tk": "Näsazlyk bar.", "ru": "Есть неполадки.", "en": "There is a fault."}


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("tk", "Nаsazlyk bar.", "--tk: 'Nаsazlyk' has the Cyrillic letter 'а'"),
        ("en", "Р—РґСЂР°РІ", "--en was saved twice in different encodings"),
        ("until", "2001-01-01 00:00", "--until 2001-01-01 00:00 is in the past"),
        ("until", "soon", "--until soon is not a time"),
    ],
)
def test_what_is_wrong_is_named_by_its_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, text: str, said: str
) -> None:
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    given = {"until": "2099-01-01 00:00", **WORDS, option: text}
    options = [part for name, each in given.items() for part in (f"--{name}", each)]
    result = CliRunner().invoke(announcement.app, ["set", *options])
    assert isinstance(result.exception, Unusable), result.output
    assert said in str(result.exception)

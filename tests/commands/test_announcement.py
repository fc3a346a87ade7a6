"""``ivr announcement set``: words pasted from Word, of which a part would not be said."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.commands import announcement
from ivr.errors import Unusable

WORDS = {"tk": "Näsazlyk bar.", "ru": "Есть неполадки.", "en": "There is a fault."}


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("tk", "Bahasy 5 €.", "--tk: no voice says '€'"),
        ("tk", "Nаsazlyk bar.", "--tk: 'Nаsazlyk' has the Cyrillic letter 'а'"),
        ("ru", "Нeполадки.", "--ru: 'Нeполадки' has the Latin letter 'e'"),
        ("en", "Р—РґСЂР°РІ", "--en was saved twice in different ways"),
    ],
)
def test_a_slip_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, text: str, said: str
) -> None:
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    words = {**WORDS, language: text}
    options = [part for name, each in words.items() for part in (f"--{name}", each)]
    result = CliRunner().invoke(announcement.app, ["set", "--until", "2099-01-01 00:00", *options])
    assert isinstance(result.exception, Unusable), result.output
    assert said in str(result.exception)

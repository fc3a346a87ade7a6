"""``ivr voice script``: what a speaker reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.values import Language
from tests.commands.voice.project import TK, everything, ivr, script
from tests.speech.recorders import wav
from tests.speech.takers import RATE, reading


class TestScript:
    def test_is_read_on_paper(self, project: Path) -> None:
        page = ivr("script", "tk").stdout
        lines = page.splitlines()
        assert all(len(line) <= 80 for line in lines)
        assert "    1  Salam!" in lines
        assert any(line.endswith("  Galyndy we hasap üçin …") for line in lines)
        first = next(item for item in everything() if item["name"] == "value.kyrk-bäş.mid")
        assert f"{first['number']:5}  kyrk bäş …" in lines
        at = lines.index(f"{first['number']:5}  kyrk bäş …")
        assert any("Galyndyňyz [" in line for line in lines[at - 6 : at])

    def test_has_whole_sentences_first_then_names_then_lists(self, project: Path) -> None:
        chapters = list(dict.fromkeys(item["chapter"] for item in everything()))
        assert chapters[:3] == ["main", "account", "services"]
        assert chapters.index("names that go on") < chapters.index("numbers that go on")
        assert chapters[-2:] == [
            "numbers that end a sentence",
            "units and months that end a sentence",
        ]

    def test_is_numbered_and_has_no_figures_and_no_abbreviations(self, project: Path) -> None:
        items = everything()
        assert [item["number"] for item in items] == list(range(1, len(items) + 1))
        for item in items:
            assert not any(map(str.isdigit, item["words"]))
        shown = {item["name"]: item["shown"] for item in items}
        assert shown["service.mms"] == "em em es."
        assert shown["service.mms.mid"] == "em em es …"
        assert shown["value.manat.end"] == "manat."

    @pytest.mark.parametrize("language", Language)
    def test_every_language_has_one(self, project: Path, language: Language) -> None:
        assert "reading script" in ivr("script", language).stdout

    def test_of_what_is_missing_keeps_its_numbers(self, project: Path) -> None:
        folder = project / "prompts/recordings/tk"
        folder.mkdir(parents=True)
        (folder / "welcome.wav").write_bytes(wav(reading(TK, "Salam!"), rate=RATE))
        left = script("--missing")
        assert left[0]["number"] == 2
        assert len(left) == len(everything()) - 1

"""``ivr voice import``: takes of a speaker become recordings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from ivr.commands import flow
from ivr.domain.values import Language
from ivr.errors import IvrError
from ivr.speech.loudness import Samples
from tests.commands.voice.project import TK, Items, everything, ivr, script
from tests.speech.recorders import wav
from tests.speech.takers import RATE, Taking, hum, reading, silence


def refusal(*arguments: str) -> str:
    result = ivr(*arguments)
    assert isinstance(result.exception, IvrError), result.output
    said = str(result.exception)
    assert "\n" not in said
    return said


def coverage() -> dict[str, Any]:
    (found,) = json.loads(ivr("coverage", "tk", "--json").stdout)
    assert isinstance(found, dict)
    return found


def menu(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in coverage()["menus"] if each["menu"] == name)
    return found


def chapter(name: str) -> Items:
    return [item for item in everything() if item["chapter"] == name]


def menu_account() -> tuple[Items, int]:
    """The first chapter, and where "Galyndy we hasap üçin" is in it."""
    main = chapter("main")
    return main, next(at for at, item in enumerate(main) if item["name"] == "menu.main.account")


def save(folder: Path, sound: Samples) -> str:
    (folder / "take.wav").write_bytes(wav(sound, rate=RATE))
    return str(folder / "take.wav")


def read(folder: Path, items: Items, floor: float = 0.0002) -> str:
    return save(folder, Taking(TK).read([item["words"] for item in items]).sound(floor))


def recorded(project: Path) -> set[str]:
    return {file.stem for file in (project / "prompts/recordings/tk").glob("*")}


class TestImport:
    def test_a_chapter_is_written_without_loss(self, project: Path, tmp_path: Path) -> None:
        main = chapter("main")
        take = read(tmp_path, main)
        result = ivr("import", "tk", take)
        assert result.exit_code == 0, result.output
        assert f"{len(main)} recordings written" in result.stderr
        assert recorded(project) == {item["name"] for item in main}
        whole, _ = soundfile.read(take, dtype="int16")
        for item in main:
            file = project / f"prompts/recordings/tk/{item['name']}.wav"
            kept, rate = soundfile.read(file, dtype="int16")
            assert rate == RATE
            assert soundfile.info(file).subtype == "PCM_16"
            windows = np.lib.stride_tricks.sliding_window_view(whole, 400)
            (at, *_) = np.flatnonzero((windows == kept[:400]).all(1))
            assert np.array_equal(whole[at : at + len(kept)], kept)

    def test_what_is_recorded_counts(self, project: Path, tmp_path: Path) -> None:
        assert menu("main")["recorded"] == 0
        ivr("import", "tk", read(tmp_path, chapter("main")))
        assert menu("main") == {
            "menu": "main",
            "recorded": 5,
            "half": 0,
            "synthetic": 0,
            "typed": 0,
        }
        found = coverage()
        count = len(chapter("main"))
        assert found["recorded"] == count
        assert not found["complete"]
        states = {each["text"]: each for each in found["sentences"]}
        assert states["welcome"]["state"] == "recorded"
        assert states["language.press"]["state"] == "half recorded"
        assert "value.bire.mid" in states["language.press"]["missing"]
        table = ivr("coverage", "tk").stdout
        assert all(len(line) <= 80 for line in table.splitlines())
        assert f"tk: {count} of {found['items']} items are recorded" in table
        assert any(line.split()[:3] == ["main", "5", "5"] for line in table.splitlines())
        assert any(line.split()[-1:] == ["complete"] for line in table.splitlines())

    def test_half_recorded_sentences_are_noted_by_flow_check(
        self, project: Path, tmp_path: Path
    ) -> None:
        ivr("import", "tk", read(tmp_path, chapter("main")))
        noted = CliRunner().invoke(flow.app, ["check"]).stderr
        assert "note: text 'language.press' of tk is half recorded: the synthetic" in noted
        assert "note: text 'welcome'" not in noted

    def test_faults_of_recordings_are_noted_by_flow_check(self, project: Path) -> None:
        folder = project / "prompts/recordings/tk"
        folder.mkdir(parents=True)
        loud = np.clip(8 * np.concatenate([silence(0.3), reading(TK, "Salam!")]), -1, 1)
        (folder / "welcome.wav").write_bytes(wav(loud, rate=RATE))
        noted = CliRunner().invoke(flow.app, ["check"]).stderr
        assert f"note: {folder / 'welcome.wav'} is clipped in" in noted

    def test_what_is_unlike_the_rest_is_noted_by_flow_check(
        self, project: Path, tmp_path: Path
    ) -> None:
        main, at = menu_account()
        ivr("import", "tk", read(tmp_path, main))
        folder = project / "prompts/recordings/tk"
        quiet = np.concatenate([silence(0.3), reading(TK, main[at]["words"]) * 0.3, silence(0.3)])
        (folder / f"{main[at]['name']}.wav").write_bytes(wav(quiet, rate=RATE))
        short = np.concatenate([silence(0.3), reading(TK, "bir"), silence(0.3)])
        (folder / f"{main[at + 2]['name']}.wav").write_bytes(wav(short, rate=RATE))
        noted = CliRunner().invoke(flow.app, ["check"]).stderr
        assert re.search(rf"{main[at]['name']}.wav is \d+ dB quieter than the others", noted)
        assert f"{main[at + 2]['name']}.wav is much shorter than these words need" in noted
        assert noted.count("note: /") == 2 + noted.count("is quiet (")

    def test_a_dry_run_writes_nothing(self, project: Path, tmp_path: Path) -> None:
        result = ivr("import", "tk", read(tmp_path, chapter("main")), "--dry-run")
        assert result.exit_code == 0
        count = len(chapter("main"))
        assert f"{count} of {count} pieces would be written" in result.stderr
        assert "Galyndy we hasap üçin …" in result.stdout
        assert all(len(line) <= 80 for line in result.stdout.splitlines())
        assert recorded(project) == set()

    def test_a_take_that_is_not_clear_writes_nothing(self, project: Path, tmp_path: Path) -> None:
        main, at = menu_account()
        take = read(tmp_path, [*main[:at], *main[at + 1 :]])
        said = refusal("import", "tk", take)
        assert "nothing was written: 1 places" in said
        assert recorded(project) == set()
        result = ivr("import", "tk", take)
        named = f"{at + 1} 'Galyndy we hasap üçin …'"
        assert f"{named} seems to be missing before this" in result.stderr

    def test_unless_the_user_says_what_was_read(self, project: Path, tmp_path: Path) -> None:
        main, at = menu_account()
        number = str(at + 1)
        take = read(tmp_path, [*main[:at], *main[at + 1 :]])
        assert ivr("import", "tk", take, "--skip", number).exit_code == 0
        assert recorded(project) == {item["name"] for item in main} - {"menu.main.account"}
        take = read(tmp_path, [main[at]])
        part = ("--from", "menu.main.account", "--to", number)
        assert ivr("import", "tk", take, *part).exit_code == 0
        assert recorded(project) == {item["name"] for item in main}

    def test_pieces_that_callers_would_hear_badly_are_left_out(
        self, project: Path, tmp_path: Path
    ) -> None:
        main = chapter("main")
        taking = Taking(TK).read([item["words"] for item in main[:4]])
        taking.parts += [np.clip(reading(TK, main[4]["words"]) * 8, -1, 1), silence(1.2)]
        take = save(tmp_path, taking.read([item["words"] for item in main[5:]]).sound(0.0002))
        result = ivr("import", "tk", take)
        assert result.exit_code == 1
        said = f"{len(main) - 1} recordings written; 1 left out: record them again"
        assert said in result.stderr
        assert "is clipped in" in result.stderr
        assert main[4]["name"] not in recorded(project)
        assert [item["number"] for item in script("--missing")][:2] == [5, len(main) + 1]
        assert ivr("import", "tk", take, "--accept").exit_code == 0
        assert main[4]["name"] in recorded(project)

    def test_hum_is_heard_in_the_pauses(self, project: Path, tmp_path: Path) -> None:
        sound = Taking(TK).read([item["words"] for item in chapter("main")]).sound(0.0002)
        result = ivr("import", "tk", save(tmp_path, sound + hum(len(sound), 0.01)))
        assert "hums at 50 Hz" in result.stderr
        assert recorded(project) == set()

    def test_what_was_missing_is_read_later(self, project: Path, tmp_path: Path) -> None:
        main = chapter("main")
        ivr("import", "tk", read(tmp_path, main[:7]), "--to", "7")
        left = [item for item in script("--missing") if item["chapter"] == "main"]
        result = ivr("import", "tk", read(tmp_path, left), "--missing", "--to", str(len(main)))
        assert result.exit_code == 0, result.output
        assert recorded(project) == {item["name"] for item in main}

    def test_a_second_reading_takes_the_place_of_the_first(
        self, project: Path, tmp_path: Path
    ) -> None:
        ivr("import", "tk", read(tmp_path, chapter("main")))
        result = ivr("import", "tk", read(tmp_path, chapter("main")))
        count = len(chapter("main"))
        assert f"{count} recordings written, {count} of them replace older" in result.stderr

    def test_another_file_of_the_same_name_is_not_doubled(
        self, project: Path, tmp_path: Path
    ) -> None:
        folder = project / "prompts/recordings/tk"
        folder.mkdir(parents=True)
        (folder / "welcome.flac").write_bytes(b"")
        said = refusal("import", "tk", read(tmp_path, chapter("main")))
        assert "welcome.flac is a recording of the same words: remove it first" in said
        assert {file.name for file in folder.iterdir()} == {"welcome.flac"}

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--from", "salam"], "no item 'salam'"),
            (["--drop", "soon"], "--drop soon is not a time"),
            (["--from", "300", "--to", "309"], "nothing was written"),
        ],
    )
    def test_what_cannot_be_is_refused_in_a_sentence(
        self, project: Path, tmp_path: Path, arguments: list[str], said: str
    ) -> None:
        items = everything()
        assert said in refusal("import", "tk", read(tmp_path, items[:10]), *arguments)

    def test_no_recording_is_no_take(self, project: Path, tmp_path: Path) -> None:
        (tmp_path / "take.wav").write_bytes(b"hello, this is a text")
        assert "it is text" in refusal("import", "tk", str(tmp_path / "take.wav"))
        assert "is not a file" in refusal("import", "tk", str(tmp_path))

    def test_for_programs_there_is_json(self, project: Path, tmp_path: Path) -> None:
        result = ivr("import", "tk", read(tmp_path, chapter("main")), "--json", "--dry-run")
        found = json.loads(result.stdout)
        assert [each["name"] for each in found["pieces"]] == [
            item["name"] for item in chapter("main")
        ]
        assert found["problems"] == []
        assert all(each["written"] for each in found["pieces"])


@pytest.mark.nightly
@pytest.mark.parametrize("language", Language)
def test_the_whole_script_read_and_imported_is_complete(
    project: Path, tmp_path: Path, language: Language
) -> None:
    """Every chapter is a take; nothing synthetic is left."""
    items: Items = json.loads(ivr("script", language, "--json").stdout)
    for name in dict.fromkeys(item["chapter"] for item in items):
        part = [item for item in items if item["chapter"] == name]
        take = save(tmp_path, Taking(language).read([item["words"] for item in part]).sound(0.0002))
        result = ivr("import", language, take, "--from", part[0]["name"])
        assert result.exit_code == 0, f"{name}: {result.stderr}"
    (found,) = json.loads(ivr("coverage", language, "--json").stdout)
    assert found["complete"]
    assert found["recorded"] == found["items"]
    assert "complete: no synthetic sound is left" in ivr("coverage", language).stdout
